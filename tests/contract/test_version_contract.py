"""A version is written in versions.yaml; files that cannot read it there have the same one."""

import re
import subprocess
import tomllib

import pytest
import yaml
from operator_fixtures import REPOSITORY

from contracts.version import VERSION

PINNED = yaml.safe_load((REPOSITORY / "versions.yaml").read_text())


def test_make_sets_up_the_uv_that_is_pinned() -> None:
    rules = subprocess.run(["make", "-pn", "help"], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    assert f"UV_VERSION := {PINNED['uv']['version']}\n" in rules


def test_the_fraud_job_is_compiled_against_the_flink_that_runs_it() -> None:
    pom = (REPOSITORY / "jobs/fraud_detection/pom.xml").read_text()
    assert re.findall(r"<flink.version>(.*)</flink.version>", pom) == [PINNED["flink"]["version"]]


def test_pyflink_is_compared_at_the_same_version() -> None:
    environment = tomllib.loads((REPOSITORY / "environments/pyflink/pyproject.toml").read_text())
    assert f"apache-flink=={PINNED['flink']['version']}" in environment["project"]["dependencies"]


@pytest.mark.parametrize("chart", ["telecom-operator", "telecom-platform"])
def test_a_chart_has_the_projects_version(chart: str) -> None:
    described = yaml.safe_load((REPOSITORY / "charts" / chart / "Chart.yaml").read_text())
    assert (described["version"], described["appVersion"]) == (VERSION, VERSION)


def test_the_platforms_images_are_those_of_the_projects_version() -> None:
    values = (REPOSITORY / "charts/telecom-platform/values.yaml").read_text()
    tags = re.findall(r"localhost/telecom-lakehouse/\S+:(\S+)", values)
    assert tags
    assert set(tags) == {VERSION}
