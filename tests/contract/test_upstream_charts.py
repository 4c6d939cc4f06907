"""Charts of others: each is pinned and has values of ours, and the installer asks helm for exactly that."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from operator_fixtures import REPOSITORY

VERSIONS = yaml.safe_load((REPOSITORY / "versions.yaml").read_text())
CHARTS: dict[str, dict[str, str]] = VERSIONS["upstreamCharts"]
VALUES_FOLDER = REPOSITORY / "charts/telecom-platform/upstream"
INSTALLER = REPOSITORY / "charts/tools/upstream_charts.sh"
SECRET_WORDS = re.compile(r"(?i)(password|secret|key)\s*[:=]\s*[^\s${}]*[0-9][^\s${}]*$", re.MULTILINE)

# Keys as they stand in the charts' own values.yaml; below them the charts take what Kubernetes or the engine defines.
# They were read in stored copies of the charts' repositories, at commits that are not exactly those of the pinned
# versions: Strimzi 039c1ea, Flink's operator 0365416, Trino 004cd68, kube-prometheus-stack 001f3a6, and for Airflow
# the older 001394a (the keys that came with Airflow 3 are known from its documentation only). Spark's operator is
# left out: its chart comes with a Go module, and tests/cluster/test_charts.py renders it. A key that the pinned
# version lacks is not found here but by `make kind-up`: no test here can reach these charts.
KEYS_OF_CHARTS = {
    "strimzi": {"watchNamespaces", "resources"},
    "flink-operator": {"watchNamespaces", "webhook.create", "podSecurityContext", "operatorSecurityContext"},
    "trino": {
        "image.tag",
        "server.workers",
        "server.config.https.enabled",
        "server.config.https.port",
        "server.config.https.keystore.path",
        "server.config.authenticationType",
        "server.config.query.maxMemory",
        "server.coordinatorExtraConfig",
        "auth.passwordAuthSecret",
        "auth.refreshPeriod",
        "additionalConfigProperties",
        "coordinator.secretMounts",
        *(f"{node}.jvm.maxHeapSize" for node in ("coordinator", "worker")),
        *(f"{node}.config.query.maxMemoryPerNode" for node in ("coordinator", "worker")),
        *(f"{node}.resources" for node in ("coordinator", "worker")),
        "accessControl",
        "resourceGroups",
        "sessionProperties",
        "env",
        "catalogs",
    },
    "airflow": {
        "executor",
        "postgresql.enabled",
        "data.metadataSecretName",
        "fernetKeySecretName",
        "jwtSecretName",
        "apiSecretKeySecretName",
        "createUserJob.useHelmHooks",
        "migrateDatabaseJob.useHelmHooks",
        "statsd.enabled",
    },
    "kube-prometheus-stack": {
        "prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues",
        "prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues",
        "prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues",
        "grafana.admin",
        "grafana.sidecar.dashboards",
    },
}


def paths(values: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Every key of nested values, with dots."""
    for key, value in values.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict):
            yield from paths(value, f"{prefix}{key}.")


def belongs(path: str, key: str) -> bool:
    """Whether one leads to the other."""
    return f"{path}.".startswith(f"{key}.") or f"{key}.".startswith(f"{path}.")


def ask(*charts: str) -> subprocess.CompletedProcess[str]:
    """What the installer would tell helm."""
    environment = os.environ | {"HELM": "echo", "PYTHON": sys.executable}
    return subprocess.run(
        [INSTALLER, *charts], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_each_pinned_chart_has_values_and_the_other_way_round() -> None:
    assert {file.stem for file in VALUES_FOLDER.iterdir()} == set(CHARTS)


def test_kafkas_operator_is_the_one_whose_manifests_are_rendered() -> None:
    assert CHARTS["strimzi"]["version"] == VERSIONS["strimzi"]["version"]


@pytest.mark.parametrize("name", CHARTS)
def test_the_installer_asks_for_the_pinned_version_with_our_values(name: str) -> None:
    asked = ask(name)
    assert asked.returncode == 0, asked.stderr
    chart = CHARTS[name]
    assert (
        f"--install {name} {chart['chart']} --version {chart['version']} --namespace {chart['namespace']}"
        in asked.stdout
    )
    assert f"--values charts/telecom-platform/upstream/{name}.yaml" in asked.stdout
    assert ("--repo" in asked.stdout) == ("repository" in chart)


def test_an_unknown_chart_is_refused_before_anything_is_installed() -> None:
    asked = ask("trinoo")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "trinoo" in asked.stderr


def test_no_values_hold_a_secret() -> None:
    for file in VALUES_FOLDER.iterdir():
        assert not SECRET_WORDS.search(file.read_text()), file.name


@pytest.mark.parametrize("name", KEYS_OF_CHARTS)
def test_our_values_set_only_what_the_chart_reads(name: str) -> None:
    known = KEYS_OF_CHARTS[name]
    given = set(paths(yaml.safe_load((VALUES_FOLDER / f"{name}.yaml").read_text())))
    assert known <= given
    assert {path for path in given if not any(belongs(path, key) for key in known)} == set()


def test_operators_watch_the_pipelines_namespace_only() -> None:
    values = {name: yaml.safe_load((VALUES_FOLDER / f"{name}.yaml").read_text()) for name in CHARTS}
    assert values["strimzi"]["watchNamespaces"] == values["flink-operator"]["watchNamespaces"] == ["telecom"]
    assert values["spark-operator"]["spark"]["jobNamespaces"] == ["telecom"]
