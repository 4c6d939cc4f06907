#!/usr/bin/env bash
# kind -> images -> operators of Kafka and Flink -> platform, Trino -> operator -> sample -> wait until it is Ready ->
# what to do next. Needs docker, kind, kubectl and helm, and reaches the charts in versions.yaml.
#   kind_up.sh [SAMPLE]        (defaults to manifests/samples/minimal.yaml; the others need a CRM database, `crm-database`)
set -euo pipefail
cd "$(dirname "$0")/../.."
sample=${1:-manifests/samples/minimal.yaml}
for tool in docker kind kubectl helm; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: see docs/how-to/run-on-kubernetes.md" >&2; exit 1; }
done
version() { .venv/bin/python -c 'import sys, yaml; print(yaml.safe_load(open("versions.yaml"))[sys.argv[1]]["version"])' "$1"; }

kind get clusters | grep -qx telecom || kind create cluster --config kind-config.yaml --wait 120s
kubectl config use-context kind-telecom >/dev/null

registry=localhost/telecom-lakehouse
tag=$(.venv/bin/python -c 'from contracts.version import VERSION; print(VERSION)')
build() {  # NAME DOCKERFILE FURTHER_ARGUMENTS...
  local image=$registry/$1:$tag dockerfile=$2; shift 2
  docker build --quiet --tag "$image" --file "$dockerfile" "$@" .
  kind load docker-image --name telecom "$image"
}
uv="UV_VERSION=$(version uv)"
build telecom-operator images/operator/Dockerfile --build-arg "$uv"
job() { build "$1" jobs/Dockerfile --build-arg "$uv" --build-arg "JOB=${1//-/_}" --target "${2:-job}"; }  # NAME [TARGET]
job producers
job kafka-to-bronze
job fraud-rules-publisher
job account-freezer
job crm-batch-ingestor
job churn
job privacy
job nightly nightly
build fraud-detection jobs/fraud_detection/Dockerfile --build-arg "FLINK_VERSION=$(version flink)"
build minio images/minio/Dockerfile --build-arg "VERSION=$(version minio)"

# The operators' Roles are made in it.
kubectl create namespace telecom --dry-run=client --output=yaml | kubectl apply -f -
charts/tools/upstream_charts.sh strimzi flink-operator
helm upgrade --install telecom-platform charts/telecom-platform --namespace telecom --create-namespace \
  --set postgresql.image=docker.io/library/postgres:18,postgresql.runAsUser=999 --wait
charts/tools/upstream_charts.sh trino
helm upgrade --install telecom-operator charts/telecom-operator --namespace telecom-system --create-namespace --wait
kubectl apply -f "$sample"
name=$(kubectl get -f "$sample" -o jsonpath='{.metadata.name}')
kubectl -n telecom wait --for=condition=Ready "telecompipeline/$name" --timeout=15m
kubectl -n telecom get telecompipelines
echo "S3:      kubectl -n telecom port-forward service/minio 9000"
echo "catalog: kubectl -n telecom port-forward service/postgresql 5432"
echo "Trino:   kubectl -n telecom port-forward service/trino 8443   (users and passwords: Secrets lakehouse-trino-analyst, lakehouse-trino-steward)"
echo "remove:  kind delete cluster --name telecom"
