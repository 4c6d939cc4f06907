"""Images fit the pods that run them: the same owner of processes, and every image that is rendered can be built."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from operator_fixtures import REPOSITORY

from operators.telecom_pipeline.render import flink_deployment, images, workload

DOCKERFILES = tuple(sorted(path.relative_to(REPOSITORY) for path in REPOSITORY.glob("*/**/Dockerfile")))
KIND_UP = (REPOSITORY / "charts/tools/kind_up.sh").read_text()
FLINK = Path("jobs/fraud_detection/Dockerfile")


def test_the_dockerfiles_are_found() -> None:
    assert {Path("jobs/Dockerfile"), Path("images/operator/Dockerfile"), FLINK} <= set(DOCKERFILES)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=str)
def test_an_image_runs_as_the_user_that_its_pod_asks_for(dockerfile: Path) -> None:
    user_id = flink_deployment.USER_ID if dockerfile == FLINK else workload.USER_ID
    users = re.findall(r"^USER (\S+)$", (REPOSITORY / dockerfile).read_text(), re.MULTILINE)
    assert users[-1] == f"{user_id}:{user_id}"


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=str)
def test_a_base_can_be_replaced(dockerfile: Path) -> None:
    assert re.search(r"^ARG BASE=\S+:\S+$", (REPOSITORY / dockerfile).read_text(), re.MULTILINE)


def test_the_operators_pod_asks_for_the_same_user() -> None:
    deployment = (REPOSITORY / "charts/telecom-operator/templates/deployment.yaml").read_text()
    assert re.findall(r"runAs(?:User|Group): (\d+)", deployment) == [str(workload.USER_ID)] * 2


def test_kind_up_builds_every_image_that_a_pipeline_asks_for() -> None:
    wanted = {value for name, value in vars(images).items() if name.endswith("_IMAGE")}
    assert wanted <= set(re.findall(r"^(?:build|job) (\S+)", KIND_UP, re.MULTILINE))


def test_the_extras_of_a_job_are_known() -> None:
    known = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = {extra for _, extra in re.findall(r"^job (\S+) (\S+)$", KIND_UP, re.MULTILINE)}
    assert asked
    assert asked <= set(known)


def test_every_version_that_kind_up_asks_for_is_pinned() -> None:
    pinned = yaml.safe_load((REPOSITORY / "versions.yaml").read_text())
    for name in re.findall(r"\$\(version (\w+)\)", KIND_UP):
        assert pinned[name]["version"]
