"""The archive of our own images: each has the code that `contents` names for it, and nothing else of ours."""

from pathlib import Path

from contracts.environment import PARSED_DBT_PROJECT
from images.archive import write_archive
from images.contents import OWN_IMAGES, ImageContents
from images.image import Image, image_name
from images.layers import write_code_layer, write_files_layer
from images.packages import write_package_layer
from local.artefacts.dbt import DBT_PYTHON, parsed_dbt_project
from local.artefacts.progress import Report
from local.artefacts.versions import REPOSITORY

APP = "opt/telecom/app"
SITE = "opt/telecom/site"
# dbt's dependencies conflict with the jobs', so that it must not see their packages.
DBT_SITE = "opt/dbt/site"
DBT_PARSED = "opt/dbt/project"
DBT_SCRIPT = f"""\
#!/bin/sh
PYTHONPATH=/{DBT_SITE} exec python "$@"
"""
ENVIRONMENT = {"PYTHONPATH": f"/{APP}:/{SITE}", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def write_own_images(folder: Path, base: Path, report: Report) -> Path:
    """One archive with all of them. Raises `CommandError`.

    The layer with the packages of others is the same for all: a node stores it once, in 0.5 GB, where a layer for each
    image would take 1.8 GB. It changes with uv.lock; what changes with our code is the small layer on top.
    """
    packages = folder / "packages.tar"
    write_package_layer(packages, REPOSITORY, (image.name for image in OWN_IMAGES), SITE)
    dbt = _dbt_layers(folder, report)
    archive = folder / "telecom-lakehouse.tar"
    images = (_image(folder, each, (base, packages, *(dbt if each.has_dbt else ()))) for each in OWN_IMAGES)
    write_archive(archive, tuple(images))
    return archive


def _dbt_layers(folder: Path, report: Report) -> tuple[Path, Path]:
    packages, project = folder / "dbt-packages.tar", folder / "dbt-project.tar"
    write_package_layer(packages, REPOSITORY / "environments" / "dbt", (), DBT_SITE)
    write_files_layer(project, {parsed_dbt_project(report): DBT_PARSED}, {f"usr/local/bin/{DBT_PYTHON}": DBT_SCRIPT})
    return packages, project


def _image(folder: Path, contents: ImageContents, below: tuple[Path, ...]) -> Image:
    code = folder / f"{contents.name}-code.tar"
    write_code_layer(code, REPOSITORY, contents.code, APP)
    dbt = {PARSED_DBT_PROJECT: f"/{DBT_PARSED}"} if contents.has_dbt else {}
    return Image(image_name(contents.name), (*below, code), environment=ENVIRONMENT | dbt, working_directory=f"/{APP}")
