"""Prometheus and promtool from Debian's package, with which tests check alert rules and dashboards. Needs apt."""

import shutil
from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.progress import Report, ignore_progress

_PACKAGE = "prometheus"
# To be raised to fetch a newer package of the same Debian release.
_RECIPE = "1"


def missing_for_prometheus() -> str | None:
    """Why Prometheus cannot be obtained here, with the command that helps; None if it can be."""
    absent = [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]
    return f"missing {', '.join(absent)}: Prometheus comes from Debian's package" if absent else None


def prometheus_binaries(report: Report = ignore_progress) -> Path:
    """Folder with `prometheus` and `promtool`; the first call fetches 20 MB. Raises `CommandError`."""
    return install(_PACKAGE, _RECIPE, _fetch, report) / "usr" / "bin"


def _fetch(artefact: Artefact) -> None:
    next_step = "check that the Debian mirror can be reached: apt-get update"
    artefact.tell("fetching", _PACKAGE)
    run_tool(["apt-get", "download", _PACKAGE], next_step=next_step, folder=artefact.folder)
    (package,) = artefact.folder.glob("*.deb")
    run_tool(["dpkg-deb", "--extract", str(package), str(artefact.folder)], next_step=next_step)
    package.unlink()
