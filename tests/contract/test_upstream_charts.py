"""Charts of others: each is pinned and has values of ours, and the installer asks helm for exactly that."""

import os
import re
import subprocess
import sys

import pytest
import yaml
from operator_fixtures import REPOSITORY

VERSIONS = yaml.safe_load((REPOSITORY / "versions.yaml").read_text())
CHARTS: dict[str, dict[str, str]] = VERSIONS["upstreamCharts"]
VALUES_FOLDER = REPOSITORY / "charts/telecom-platform/upstream"
INSTALLER = REPOSITORY / "local/kubernetes/upstream_charts.sh"
SECRET_WORDS = re.compile(r"(?i)(password|secret|key)\s*[:=]\s*[^\s${}]*[0-9][^\s${}]*$", re.MULTILINE)


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


def test_operators_watch_the_pipelines_namespace_only() -> None:
    values = {name: yaml.safe_load((VALUES_FOLDER / f"{name}.yaml").read_text()) for name in CHARTS}
    assert values["strimzi"]["watchNamespaces"] == values["flink-operator"]["watchNamespaces"] == ["telecom"]
    assert values["spark-operator"]["spark"]["jobNamespaces"] == ["telecom"]
