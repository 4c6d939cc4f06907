"""The data catalogue that dbt makes of the project: every table with its columns, tests, owners and graph."""

import shutil
from pathlib import Path

from jobs.publication.dbt import DbtError
from local.dbt_project import dbt_project
from local.errors import LocalError
from local.follow import Tell
from local.paths import StateDirectory

# One page that holds everything, so that it can be opened from a folder or put on any web server.
GENERATE = ("docs", "generate", "--static")
PAGE = "static_index.html"


class ModelDocsError(LocalError):
    """dbt could not describe the lake."""


def write_model_docs(state: StateDirectory, trino_port: int, tell: Tell) -> Path:
    """Describe the tables as they are in the lake now; the page. Raises `ModelDocsError`."""
    tell("dbt reads the project and asks Trino for tables and columns …")
    dbt = dbt_project(state.run / "docs", trino_port)
    try:
        dbt.run(GENERATE, {})
    except DbtError as error:
        raise ModelDocsError("describe the tables", str(error), "telecom status") from error
    page = state.root / "docs" / "index.html"
    page.parent.mkdir(exist_ok=True)
    shutil.copyfile(dbt.manifest_file.with_name(PAGE), page)
    return page
