"""Apache Flink: a FLINK_HOME from its PyPI package, with the S3 file system and Prometheus reporter as plugins."""

import shutil
import sys
from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.maven import Coordinate, fetch_file
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.trino import unpack_selected
from local.artefacts.versions import versions

_PACKAGE = "apache-flink-libraries"
# Below the package's top folder. Without the Table API, Python and Scala, which the job does not use: 130 of 310 MB.
_KEPT_FOLDERS = ("deps/bin", "deps/lib", "deps/plugins/metrics-prometheus")
_UNUSED_JARS = ("flink-table-*.jar", "flink-scala_*.jar", "flink-cep-*.jar", "flink-csv-*.jar", "flink-json-*.jar")
_NEXT_STEP = "check that pip can reach a package index (`pip config list`), then run the same command again"


def flink_home(report: Report = ignore_progress) -> Path:
    """Folder with `lib/`, `plugins/`, `bin/`; the first call fetches 0.25 GB. Raises `CommandError`, `MavenError`."""
    pinned = versions().flink
    return install("flink", f"{pinned.version}-s3-{pinned.s3_plugin}", _fetch, report)


def _fetch(artefact: Artefact) -> None:
    download = artefact.folder / "download"
    download.mkdir()
    unpack_selected(_fetch_package(artefact, download), artefact.folder, wanted=_KEPT_FOLDERS)
    for folder in (artefact.folder / "deps").iterdir():
        folder.rename(artefact.folder / folder.name)
    (artefact.folder / "deps").rmdir()
    for pattern in _UNUSED_JARS:
        for jar in (artefact.folder / "lib").glob(pattern):
            jar.unlink()
    s3_plugin = Coordinate("org.apache.flink", "flink-s3-fs-hadoop", versions().flink.s3_plugin)
    fetch_file(artefact, s3_plugin, artefact.folder / "plugins" / "s3-fs-hadoop")
    shutil.rmtree(download)


def _fetch_package(artefact: Artefact, folder: Path) -> Path:
    """Fetch the package's source archive with a separate pip, because the project's environment does not have one."""
    artefact.tell("fetching", _PACKAGE)
    run_tool([sys.executable, "-m", "venv", str(folder / "venv")], next_step="install Python's venv module")
    run_tool(
        [
            str(folder / "venv" / "bin" / "python"),
            *("-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--dest", str(folder)),
            f"{_PACKAGE}=={versions().flink.version}",
        ],
        next_step=_NEXT_STEP,
        on_line=lambda line: artefact.tell("fetching", line),
    )
    (archive,) = folder.glob("apache_flink_libraries-*.tar.gz")
    return archive
