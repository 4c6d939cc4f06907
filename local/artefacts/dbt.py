"""dbt with its Trino adapter, in its own Python environment because its dependencies conflict with the jobs'."""

from contextlib import suppress
from pathlib import Path

from jobs.nightly.dbt.parse_project import parse_project
from jobs.nightly.dbt.parsed_project import ParsedProject, project_digest
from local.artefacts.cache import Artefact, install
from local.artefacts.installed import installed
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.python_environment import environment_version, python_environment
from local.artefacts.versions import REPOSITORY
from operators.telecom_pipeline.render.transform import DBT

DBT_PROJECT = REPOSITORY / DBT.project_directory
# Our image has it on the path under this name, beside another Python.
DBT_PYTHON = DBT.python.name
_ENVIRONMENT, _PARSED = "dbt", "dbt-project"


def dbt_python(report: Report = ignore_progress) -> Path:
    """dbt's interpreter; the first call installs what environments/dbt/uv.lock pins. Raises `CommandError`."""
    programs = python_environment(_ENVIRONMENT, "dbt-core and dbt-trino", report) / "bin"
    with suppress(FileExistsError):
        (programs / DBT_PYTHON).symlink_to("python")
    return programs / DBT_PYTHON


def parsed_dbt_project(report: Report = ignore_progress) -> Path:
    """Folder with the project as dbt parsed it; the first call after a change parses it. Raises `DbtError`."""
    return install(_PARSED, _parsed_version(), _parse, report)


def parsed_if_present() -> ParsedProject | None:
    """The parsed project, if it has been parsed in its present state."""
    folder = installed(_PARSED, _parsed_version())
    return ParsedProject(folder) if folder else None


def _parsed_version() -> str:
    return f"{environment_version(_ENVIRONMENT)}-{project_digest(DBT_PROJECT)[:12]}"


def _parse(artefact: Artefact) -> None:
    python = dbt_python()
    artefact.tell("building", "dbt reads the project")
    parse_project(python, DBT_PROJECT, artefact.folder)
