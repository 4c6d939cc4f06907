"""dbt with its Trino adapter: a Python environment of its own, because its dependencies conflict with the jobs'."""

from pathlib import Path

from local.artefacts.progress import Report, ignore_progress
from local.artefacts.python_environment import python_environment


def dbt_executable(report: Report = ignore_progress) -> Path:
    """The `dbt` command; the first call installs what environments/dbt/uv.lock pins. Raises `CommandError`."""
    return python_environment("dbt", "dbt-core and dbt-trino", report) / "bin" / "dbt"
