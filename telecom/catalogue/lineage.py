"""Where the numbers of a table come from, by the graph that dbt makes of the project in this repository."""

import json
from typing import Any

from jobs.nightly.dbt.parse_project import NO_LOGIN, NO_TRINO
from local.errors import LocalError
from local.state.paths import StateDirectory
from telecom.catalogue.dbt_project import dbt_project
from telecom.catalogue.lineage_tree import Node, UnknownTableError, trace


class LineageError(LocalError):
    """No table has that name."""


def lineage(state: StateDirectory, table: str) -> Node:
    """Everything that feeds a table, down to topics, producers and source tables. Raises `LineageError`."""
    try:
        return trace(_graph(state), table)
    except UnknownTableError as error:
        tables = "telecom query --user transformer 'SHOW TABLES FROM gold'"
        raise LineageError("trace a table", str(error), tables) from error


def _graph(state: StateDirectory) -> dict[str, Any]:
    dbt = dbt_project(state.run / "lineage", NO_TRINO, NO_LOGIN)
    dbt.run(("parse",), {})
    graph: dict[str, Any] = json.loads(dbt.manifest_file.read_text())
    return graph
