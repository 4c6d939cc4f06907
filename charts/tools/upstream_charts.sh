#!/usr/bin/env bash
# Installs or upgrades charts of others: versions from versions.yaml, values from charts/telecom-platform/upstream.
#   upstream_charts.sh NAME...     (strimzi flink-operator spark-operator trino airflow kube-prometheus-stack)
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
pinned() {  # NAME KEY
  "$python" -c 'import sys, yaml; print(yaml.safe_load(open("versions.yaml"))["upstreamCharts"][sys.argv[1]].get(sys.argv[2], ""))' "$@"
}
[ $# -gt 0 ] || { sed -n '2,3s/^# *//p' "$0" >&2; exit 2; }
for name in "$@"; do
  values=charts/telecom-platform/upstream/$name.yaml
  [ -f "$values" ] || { echo "$name: there is no $values" >&2; exit 2; }
  arguments=(upgrade --install "$name" "$(pinned "$name" chart)" --version "$(pinned "$name" version)"
    --namespace "$(pinned "$name" namespace)" --create-namespace --values "$values" --wait --timeout 10m)
  repository=$(pinned "$name" repository)
  [ -z "$repository" ] || arguments+=(--repo "$repository")
  [ "$name" != trino ] || arguments+=(
    --set-file 'accessControl.rules.rules\.json=manifests/trino/access-rules.json'
    --set-file 'resourceGroups.resourceGroupsConfig=manifests/trino/resource-groups.json'
    --set-file 'sessionProperties.sessionPropertiesConfig=manifests/trino/session-properties.json')
  ${HELM:-helm} "${arguments[@]}"
done
