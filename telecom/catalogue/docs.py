"""The data catalogue that dbt generates: every table with its columns, tests, owners and graph."""

import shutil
from pathlib import Path

from jobs.nightly.dbt.dbt_build import DbtError
from local.errors import LocalError
from local.services.trino_logins import TrinoUser
from local.state.paths import StateDirectory
from telecom.access.trino_login import trino_login
from telecom.catalogue.dbt_project import dbt_project
from telecom.pipelines.follow import Tell

# A single page with everything in it, so that it can be opened from a folder or put on any web server.
GENERATE = ("docs", "generate", "--static")
PAGE = "static_index.html"


class ModelDocsError(LocalError):
    """dbt could not describe the lake."""


def write_model_docs(state: StateDirectory, tell: Tell) -> Path:
    """Describe the tables as they are in the lake now. Returns the page. Raises `ModelDocsError`."""
    login = trino_login(state, TrinoUser.TRANSFORMER)
    tell("dbt reads the project and asks Trino for tables and columns …")
    dbt = dbt_project(state.run / "docs", login.connection, login.credentials)
    try:
        dbt.run(GENERATE, {})
    except DbtError as error:
        raise ModelDocsError("describe the tables", str(error), state.command("status")) from error
    page = state.root / "docs" / "index.html"
    page.parent.mkdir(exist_ok=True)
    shutil.copyfile(dbt.manifest_file.with_name(PAGE), page)
    return page
