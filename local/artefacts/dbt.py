"""dbt with its Trino adapter: a Python environment of its own, because its dependencies conflict with the jobs'."""

import hashlib
from pathlib import Path

from uv import find_uv_bin

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.progress import Report, ignore_progress

ENVIRONMENT = Path(__file__).parents[2] / "environments" / "dbt"


def dbt_executable(report: Report = ignore_progress) -> Path:
    """The `dbt` command; the first call installs what environments/dbt/uv.lock pins. Raises `CommandError`."""
    lock = hashlib.sha256((ENVIRONMENT / "uv.lock").read_bytes()).hexdigest()[:12]
    return install("dbt", lock, _build, report) / "environment" / "bin" / "dbt"


def _build(artefact: Artefact) -> None:
    folder = artefact.folder / "environment"
    artefact.tell("fetching", "dbt-core and dbt-trino")
    # Relocatable: the folder is renamed when it is complete.
    for command in (["venv", "--relocatable", "--python", "3.11", str(folder)], ["sync", "--frozen", "--no-dev"]):
        run_tool(
            [find_uv_bin(), *command],
            environment={"UV_PROJECT_ENVIRONMENT": str(folder), "UV_NATIVE_TLS": "1"},
            folder=ENVIRONMENT,
            next_step="check that PyPI or your mirror answers (UV_INDEX_URL), then `telecom fetch`",
            on_line=lambda line: artefact.tell("fetching", line),
        )
