"""Chart and CRDs of Spark's operator from its Go module: what our values for it are checked against."""

import shutil
from pathlib import Path

from go_module import module_folder

from local.artefacts.cache import Artefact, install
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions

_MODULE = "github.com/kubeflow/spark-operator/v2"
_FOLDER = Path("charts/spark-operator-chart")


def spark_operator_chart(report: Report = ignore_progress) -> Path:
    """Folder of the chart in its pinned version, with its CRDs below `crds`. Raises `CommandError`."""
    version = versions().upstream_charts["spark-operator"].version
    return install("spark-operator-chart", version, _fetch, report) / "chart"


def _fetch(artefact: Artefact) -> None:
    version = versions().upstream_charts["spark-operator"].version
    module = module_folder(artefact, _MODULE, f"v{version}")
    # copyfile, not copy, because files in Go's cache are read-only.
    shutil.copytree(module / _FOLDER, artefact.folder / "chart", copy_function=shutil.copyfile)
    for folder in (artefact.folder / "chart", *(artefact.folder / "chart").rglob("*/")):
        folder.chmod(0o755)
