"""Builds the images: `python -m images.build FOLDER` writes archives for `ctr images import` or `docker load`.

Our own jobs and the operator are one set of layers under one name each, so that a node stores them once; Dockerfiles
build the same content with a container engine. MinIO, PostgreSQL and Trino are the engines that LocalCluster runs, for
clusters that no registry serves.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from contracts.environment import PARSED_DBT_PROJECT
from contracts.version import VERSION
from images.archive import write_archive
from images.layers import APP, PROJECT, SITE, write_code_layer, write_files_layer, write_package_layer
from local.artefacts.dbt import DBT_PYTHON, dbt_python, parsed_dbt_project
from local.artefacts.image_base import base_layer
from local.artefacts.java import java_25
from local.artefacts.minio import minio_binary
from local.artefacts.postgres import postgres_package
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.trino import trino_home
from operators.telecom_pipeline.render.images import (
    ACCOUNT_FREEZER_IMAGE,
    CHURN_IMAGE,
    CRM_BATCH_INGESTOR_IMAGE,
    FRAUD_RULES_PUBLISHER_IMAGE,
    KAFKA_TO_BRONZE_IMAGE,
    NIGHTLY_IMAGE,
    PRODUCERS_IMAGE,
)
from operators.telecom_pipeline.render.transform import DBT
from operators.telecom_pipeline.render.workload import USER_ID
from operators.telecom_pipeline.spec.image import LOCAL_REGISTRY

REPOSITORY = Path(__file__).parents[1]
TRINO_HOME = "opt/trino"
JAVA_HOME = "opt/java"
OPERATOR_IMAGE = "telecom-operator"
IMAGES = (
    OPERATOR_IMAGE,
    PRODUCERS_IMAGE,
    KAFKA_TO_BRONZE_IMAGE,
    FRAUD_RULES_PUBLISHER_IMAGE,
    ACCOUNT_FREEZER_IMAGE,
    CRM_BATCH_INGESTOR_IMAGE,
    NIGHTLY_IMAGE,
    CHURN_IMAGE,
)
EXTRAS = ("producers", "sink", "fraud", "batch", "operator", "kube")
PACKAGES = ("contracts", "jobs", "operators")
# dbt's dependencies conflict with the jobs', so that it must not see their packages.
DBT_SITE = "opt/dbt/site"
DBT_PARSED = "opt/dbt/project"
DBT_SCRIPT = f"""\
#!/bin/sh
PYTHONPATH=/{DBT_SITE} exec python "$@"
"""


def build_images(folder: Path, report: Report = ignore_progress) -> tuple[Path, ...]:
    """Archives with all images. Raises `CommandError`."""
    folder.mkdir(parents=True, exist_ok=True)
    base = base_layer(report)
    return (
        _own_images(folder, base, report),
        _minio_image(folder, base, report),
        _postgresql_image(folder, base),
        _trino_image(folder, base, report),
    )


def _own_images(folder: Path, base: Path, report: Report) -> Path:
    packages, dbt, code = (folder / f"{name}.tar" for name in ("packages", "dbt", "code"))
    archive = folder / f"{PROJECT}.tar"
    write_package_layer(packages, EXTRAS)
    (dbt_packages,) = dbt_python(report).parents[1].glob("lib/python*/site-packages")
    sources = {dbt_packages: DBT_SITE, parsed_dbt_project(report): DBT_PARSED}
    write_files_layer(dbt, sources, {f"usr/local/bin/{DBT_PYTHON}": DBT_SCRIPT})
    write_code_layer(code, REPOSITORY, PACKAGES, beside=(DBT.project_directory,))
    environment = [
        f"PYTHONPATH=/{APP}:/{SITE}",
        f"{PARSED_DBT_PROJECT}=/{DBT_PARSED}",
        "PYTHONUNBUFFERED=1",
        "PYTHONDONTWRITEBYTECODE=1",
    ]
    config = _config(environment, working_directory=f"/{APP}")
    write_archive(archive, image_names(), (base, packages, dbt, code), config)
    return archive


def _minio_image(folder: Path, base: Path, report: Report) -> Path:
    layer, archive = folder / "minio-layer.tar", folder / "minio.tar"
    write_files_layer(layer, {minio_binary(report): "usr/local/bin/minio"}, {})
    write_archive(archive, [_name("minio")], (base, layer), _config())
    return archive


def _postgresql_image(folder: Path, base: Path) -> Path:
    layer, archive = folder / "postgresql-layer.tar", folder / "postgresql.tar"
    package = postgres_package()
    home, libraries = f"opt/{package.name}", package.with_name(f"{package.name}.libs")
    sources = {package / "pginstall" / part: f"{home}/pginstall/{part}" for part in ("bin", "lib", "share")}
    sources[libraries] = f"opt/{libraries.name}"  # beside the package, where the programs look
    # initdb asks for the name of its user.
    users = f"root:x:0:0:root:/root:/bin/sh\npostgres:x:{USER_ID}:{USER_ID}::/tmp:/bin/sh\n"
    write_files_layer(layer, sources, {"etc/passwd": users})
    write_archive(archive, [_name("postgresql")], (base, layer), _config(path=f"/{home}/pginstall/bin:"))
    return archive


def _trino_image(folder: Path, base: Path, report: Report) -> Path:
    layer, archive = folder / "trino-layer.tar", folder / "trino.tar"
    home, runtime = trino_home(report), java_25().parents[1]
    sources = {home / part: f"{TRINO_HOME}/{part}" for part in ("lib", "plugin")} | {runtime: JAVA_HOME}
    write_files_layer(layer, sources, {})
    write_archive(archive, [trino_image()], (base, layer), _config(path=f"/{JAVA_HOME}/bin:"))
    return archive


def trino_image() -> str:
    """Full name of the image of Trino; its jars are below `/opt/trino`."""
    return _name("trino")


def _config(environment: Sequence[str] = (), path: str = "", working_directory: str = "/") -> dict[str, object]:
    return {
        "User": f"{USER_ID}:{USER_ID}",
        "WorkingDir": working_directory,
        "Env": [f"PATH={path}/usr/local/bin:/usr/bin:/bin", *environment],
        "Cmd": ["sh"],
    }


def image_names() -> list[str]:
    """Full names of the images of our own code, with the version of this checkout."""
    return [_name(image) for image in IMAGES]


def _name(image: str) -> str:
    return f"{LOCAL_REGISTRY}/{image}:{VERSION}"


def main() -> None:
    """Command line: the folder to write to."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/images")
    for archive in build_images(folder):
        print(archive)


if __name__ == "__main__":
    main()
