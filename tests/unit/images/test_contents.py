"""What an image holds follows from the imports of its code: all that it reaches, no other job, no package too many."""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest
from operator_fixtures import REPOSITORY
from packaging.utils import canonicalize_name
from started_components import started_components

from images.contents import OPERATOR_IMAGE, OWN_IMAGES, PRIVACY_IMAGE, ImageContents, job_image

OURS = ("contracts", "jobs", "operators", "local", "telecom", "images")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
# SQLAlchemy loads the driver that a URL names, PyIceberg its core where a table has partitions.
LOADED_BY_NAME = {"sqlalchemy": "psycopg2-binary", "pyiceberg": "pyiceberg-core"}
# Runs in dbt's own environment (environments/dbt) and is not imported.
RUN_BY_DBT = "jobs.nightly.dbt.dbt_process"
# Jobs by why they need no image; they have an extra all the same.
WITHOUT_IMAGE = {"crm-simulator": "stands in for the source systems of a demo, which runs on a laptop"}
PROGRAMS = (*OWN_IMAGES, *map(job_image, WITHOUT_IMAGE))
EACH_PROGRAM = pytest.mark.parametrize("image", PROGRAMS, ids=lambda image: image.name)


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*OURS, include_external_packages=True, cache_dir=None)


@cache
def distributions() -> Mapping[str, Sequence[str]]:
    """Who brings a package, by the name that it is imported by."""
    return packages_distributions()


@cache
def modules(image: ImageContents) -> frozenset[str]:
    """Modules of ours in the image."""
    files = (file for part in image.code for file in python_files(REPOSITORY / part))
    return frozenset(module_of(file.relative_to(REPOSITORY)) for file in files) & graph().modules


def folder_of(image: ImageContents) -> str:
    return image.name.replace("-", "_")


def python_files(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob("*.py"))


def module_of(file: Path) -> str:
    return ".".join(part for part in file.with_suffix("").parts if part != "__init__")


@cache
def imported(image: ImageContents) -> frozenset[str]:
    """All that modules of the image import directly."""
    return frozenset(
        found for module in modules(image) - {RUN_BY_DBT} for found in graph().find_modules_directly_imported_by(module)
    )


def started() -> set[tuple[str, str]]:
    """Image and module of every container that the samples have."""
    return {(each.image, each.module) for each in started_components()}


@EACH_PROGRAM
def test_all_of_ours_that_its_code_imports_is_in_the_image(image: ImageContents) -> None:
    ours = {module for module in imported(image) if module.partition(".")[0] in OURS}
    assert ours - modules(image) == set()


@EACH_PROGRAM
def test_an_image_holds_no_other_job(image: ImageContents) -> None:
    jobs = {module.split(".")[1] for module in modules(image) if module.startswith("jobs.")}
    assert jobs == (set() if image.name == OPERATOR_IMAGE else {"runtime", folder_of(image)})


@EACH_PROGRAM
def test_its_extra_is_what_its_code_imports(image: ImageContents) -> None:
    """A package too many makes an image larger and easier to attack; one too few stops its process."""
    names = {module.partition(".")[0] for module in reached(image)} - set(OURS) - sys.stdlib_module_names
    provided = {name: {canonicalize_name(each) for each in distributions()[name]} for name in names}
    extra = set(EXTRAS[image.name])
    asked = extra | set(PROJECT["dependencies"])
    assert [name for name in sorted(names) if not provided[name] & asked] == []
    by_name = {loaded for name, loaded in LOADED_BY_NAME.items() if name in names}
    assert extra - by_name - set().union(*provided.values()) == set()
    assert by_name <= extra


def reached(image: ImageContents) -> set[str]:
    """All that the image's own folder imports, directly or not: not what a contract imports that only others read."""
    own = "operators." if image.name == OPERATOR_IMAGE else f"jobs.{folder_of(image)}."
    todo = [module for module in modules(image) - {RUN_BY_DBT} if module.startswith(own)]
    seen: set[str] = set()
    while todo:
        if (module := todo.pop()) not in seen:
            seen.add(module)
            todo += imports_of(module)
    return seen


def imports_of(module: str) -> list[str]:
    """Of ours: what it imports and the package that it lies in, which is imported before it."""
    if module.partition(".")[0] not in OURS:
        return []
    package = module.rpartition(".")[0]
    return [*graph().find_modules_directly_imported_by(module), *([package] if package else [])]


@pytest.mark.parametrize("image, module", sorted(started()))
def test_a_pod_starts_a_module_of_its_image(image: str, module: str) -> None:
    (contents,) = (each for each in OWN_IMAGES if each.name == image)
    assert {module, f"{module}.__main__"} & modules(contents)


def test_every_image_is_started_by_a_pod_or_by_people() -> None:
    by_people = {PRIVACY_IMAGE}
    assert {image for image, _ in started()} == {each.name for each in OWN_IMAGES} - {OPERATOR_IMAGE} - by_people


def test_every_job_that_can_be_started_has_an_image_or_a_reason() -> None:
    startable = {file.parent.name.replace("_", "-") for file in REPOSITORY.glob("jobs/*/__main__.py")}
    assert startable - {image.name for image in OWN_IMAGES} == set(WITHOUT_IMAGE)
