"""Archives of the engines that LocalCluster runs too, MinIO, PostgreSQL and Trino, for clusters without a registry."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from images.archive import write_archive
from images.image import Image, image_name
from images.layers import write_files_layer
from local.artefacts.java import java_25
from local.artefacts.minio import minio_binary
from local.artefacts.postgres import postgres_package
from local.artefacts.progress import Report
from local.artefacts.trino import trino_home
from operators.telecom_pipeline.render.workload import USER_ID

TRINO_HOME = "opt/trino"
JAVA_HOME = "opt/java"


def write_engine_images(folder: Path, base: Path, report: Report) -> tuple[Path, ...]:
    """One archive each, on the same base. Raises `CommandError`."""
    return (
        _archive(folder, base, "minio", {minio_binary(report): "usr/local/bin/minio"}),
        _postgresql(folder, base),
        _trino(folder, base, report),
    )


def trino_image() -> str:
    """Full name of the image of Trino; its jars are below `/opt/trino`."""
    return image_name("trino")


def _postgresql(folder: Path, base: Path) -> Path:
    package = postgres_package()
    home, libraries = f"opt/{package.name}", package.with_name(f"{package.name}.libs")
    sources = {package / "pginstall" / part: f"{home}/pginstall/{part}" for part in ("bin", "lib", "share")}
    sources[libraries] = f"opt/{libraries.name}"  # beside the package, where the programs look
    # initdb asks for the name of its user.
    users = f"root:x:0:0:root:/root:/bin/sh\npostgres:x:{USER_ID}:{USER_ID}::/tmp:/bin/sh\n"
    return _archive(folder, base, "postgresql", sources, {"etc/passwd": users}, path=f"/{home}/pginstall/bin:")


def _trino(folder: Path, base: Path, report: Report) -> Path:
    home, runtime = trino_home(report), java_25().parents[1]
    sources = {home / part: f"{TRINO_HOME}/{part}" for part in ("lib", "plugin")} | {runtime: JAVA_HOME}
    return _archive(folder, base, "trino", sources, path=f"/{JAVA_HOME}/bin:")


def _archive(
    folder: Path,
    base: Path,
    name: str,
    sources: Mapping[Path, str],
    texts: Mapping[str, str] = MappingProxyType({}),
    path: str = "",
) -> Path:
    layer, archive = folder / f"{name}-layer.tar", folder / f"{name}.tar"
    write_files_layer(layer, sources, texts)
    write_archive(archive, [Image(image_name(name), (base, layer), path)])
    return archive
