"""CRDs of the Prometheus operator from its Go module: what the chart's monitors and rules are checked against."""

import shutil
from pathlib import Path

from go_module import module_folder

from local.artefacts.cache import Artefact, install
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions

_MODULE = "github.com/prometheus-operator/prometheus-operator"
_FOLDER = Path("example/prometheus-operator-crd")
_KINDS = ("podmonitors", "prometheusrules", "servicemonitors")


def prometheus_operator_crds(report: Report = ignore_progress) -> tuple[Path, ...]:
    """One file for each kind that the operator's chart uses. Raises `CommandError`."""
    folder = install("prometheus-operator-crds", versions().prometheus_operator.version, _fetch, report)
    return tuple(sorted(folder.glob("*.yaml")))


def _fetch(artefact: Artefact) -> None:
    module = module_folder(artefact, _MODULE, versions().prometheus_operator.version)
    for kind in _KINDS:
        shutil.copyfile(module / _FOLDER / f"monitoring.coreos.com_{kind}.yaml", artefact.folder / f"{kind}.yaml")
