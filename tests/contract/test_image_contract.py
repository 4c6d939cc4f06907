"""Images fit the pods that run them: the same owner of processes, the same code, and every one can be built."""

import re
from pathlib import Path

import pytest
import yaml
from operator_fixtures import REPOSITORY

from images.contents import OPERATOR_IMAGE, OWN_IMAGES, PRIVACY_IMAGE, ImageContents
from local.artefacts.image_base import PYTHON, SUITE
from operators.telecom_pipeline.render import flink_deployment, images, workload

DOCKERFILES = tuple(sorted(path.relative_to(REPOSITORY) for path in REPOSITORY.glob("*/**/Dockerfile")))
KIND_UP = (REPOSITORY / "charts/tools/kind_up.sh").read_text()
FLINK = Path("jobs/fraud_detection/Dockerfile")
JOBS = Path("jobs/Dockerfile")
OPERATOR = Path("images/operator/Dockerfile")


def stages(dockerfile: Path) -> dict[str, tuple[str, str]]:
    """By name: what a stage is built on, and its text. The last one, which is built by default, may have no name."""
    parts = re.split(r"^FROM (\S+)(?: AS (\S+))?$", (REPOSITORY / dockerfile).read_text(), flags=re.MULTILINE)[1:]
    return {name or "": (base, text) for base, name, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def instructions(dockerfile: Path, stage: str, pattern: str) -> list[str]:
    """What `pattern` finds in a stage and, before it, in those that it is built on."""
    found = stages(dockerfile)
    base, text = found[stage]
    below = instructions(dockerfile, base, pattern) if base in found else []
    return below + re.findall(pattern, text, re.MULTILINE)


def built_stages(dockerfile: Path) -> set[str]:
    """Those that an image is made of: no other stage is built on them or copies from them."""
    text = (REPOSITORY / dockerfile).read_text()
    used = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) | set(re.findall(r"--from=(\S+)", text))
    return stages(dockerfile).keys() - used


def test_the_dockerfiles_are_found() -> None:
    assert {JOBS, OPERATOR, FLINK} <= set(DOCKERFILES)
    assert built_stages(JOBS) == {"job", "nightly"}


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=str)
def test_an_image_runs_as_the_user_that_its_pod_asks_for(dockerfile: Path) -> None:
    user_id = flink_deployment.USER_ID if dockerfile == FLINK else workload.USER_ID
    for stage in built_stages(dockerfile):
        assert instructions(dockerfile, stage, r"^USER (\S+)$")[-1] == f"{user_id}:{user_id}"


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=str)
def test_a_base_can_be_replaced(dockerfile: Path) -> None:
    assert re.search(r"^ARG BASE=\S+:\S+$", (REPOSITORY / dockerfile).read_text(), re.MULTILINE)


@pytest.mark.parametrize("dockerfile", [JOBS, OPERATOR], ids=str)
def test_both_ways_to_build_an_image_have_the_same_base(dockerfile: Path) -> None:
    assert f"ARG BASE=python:{PYTHON}-slim-{SUITE}\n" in (REPOSITORY / dockerfile).read_text()


@pytest.mark.parametrize("image", OWN_IMAGES, ids=lambda image: image.name)
def test_both_ways_to_build_an_image_put_the_same_code_into_it(image: ImageContents) -> None:
    dockerfile, stage = built_from(image)
    copied = instructions(dockerfile, stage, r"^COPY ((?!--from)\S+) \S+$")
    folder = image.name.replace("-", "_")
    assert [path.replace("${JOB}", folder) for path in copied] == list(image.code)


@pytest.mark.parametrize(
    "dockerfile, extra", [(JOBS, '"${JOB:?a folder of jobs}"'), (OPERATOR, OPERATOR_IMAGE)], ids=str
)
def test_an_image_gets_the_packages_of_its_extra(dockerfile: Path, extra: str) -> None:
    assert instructions(dockerfile, "packages", r"--extra (\"[^\"]*\"|\S+)") == [extra]


def built_from(image: ImageContents) -> tuple[Path, str]:
    """Dockerfile and stage of an image."""
    if image.name == OPERATOR_IMAGE:
        return OPERATOR, ""
    return JOBS, "nightly" if image.has_dbt else "job"


def test_kind_up_builds_the_stage_of_each_job() -> None:
    asked = dict(re.findall(r"^job (\S+)(?: (\S+))?$", KIND_UP, re.MULTILINE))
    wanted = {image.name: built_from(image)[1] for image in OWN_IMAGES if image.name != OPERATOR_IMAGE}
    assert {name: stage or "job" for name, stage in asked.items()} == wanted


def test_the_operators_pod_asks_for_the_same_user() -> None:
    deployment = (REPOSITORY / "charts/telecom-operator/templates/deployment.yaml").read_text()
    assert re.findall(r"runAs(?:User|Group): (\d+)", deployment) == [str(workload.USER_ID)] * 2


def test_kind_up_builds_every_image_that_a_pipeline_asks_for() -> None:
    wanted = {value for name, value in vars(images).items() if name.endswith("_IMAGE")}
    assert wanted <= set(re.findall(r"^(?:build|job) (\S+)", KIND_UP, re.MULTILINE))


def test_every_image_of_a_job_in_python_is_packed_without_an_engine_too() -> None:
    wanted = {value for name, value in vars(images).items() if name.endswith("_IMAGE")}
    packed = {image.name for image in OWN_IMAGES}
    assert wanted - {images.FRAUD_DETECTION_IMAGE} == packed - {OPERATOR_IMAGE, PRIVACY_IMAGE}


def test_every_version_that_kind_up_asks_for_is_pinned() -> None:
    pinned = yaml.safe_load((REPOSITORY / "versions.yaml").read_text())
    asked = re.findall(r"\$\(version (\w+)\)", KIND_UP)
    assert {"uv", "flink", "minio"} <= set(asked)
    for name in asked:
        assert pinned[name]["version"]
