"""Which snapshots of its sources a build read, by the statements that dbt ran. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.tables import BRONZE_NAMESPACE

_STATUS_OF_SUCCESS = "success"
# "catalog"."schema"."table", as dbt writes a source, and what this project writes after it (`bronze_table.sql`).
_TABLE = re.compile(r'"[^"]+"\."(?P<schema>[^"]+)"\."(?P<table>[^"]+)"(?: for version as of (?P<snapshot>[0-9]+))?')


def tables_read(
    manifest: Mapping[str, Any], run_results: Mapping[str, Any]
) -> dict[tuple[str, str], frozenset[int | None]]:
    """Snapshots of each bronze table that a model reads: None where a statement named none, nothing if none ran."""
    models = {name for name, node in manifest["nodes"].items() if _is_of_a_run(node)}
    sources = {
        (source["schema"], source["identifier"])
        for name, source in manifest["sources"].items()
        if source["source_name"] == BRONZE_NAMESPACE and models & set(manifest["child_map"].get(name, ()))
    }
    read: dict[tuple[str, str], set[int | None]] = {table: set() for table in sources}
    for statement in _statements(run_results, models):
        for found in _TABLE.finditer(statement):
            table = (found["schema"], found["table"])
            if table in read:
                read[table].add(int(found["snapshot"]) if found["snapshot"] else None)
    return {table: frozenset(snapshots) for table, snapshots in read.items()}


def _is_of_a_run(node: Mapping[str, Any]) -> bool:
    """Models of tables, and the views of bronze that pin their input; other views are read live, at no snapshot."""
    if node["resource_type"] != "model":
        return False
    return bool(node["config"]["materialized"] != "view" or node["schema"] == BRONZE_NAMESPACE)


def _statements(run_results: Mapping[str, Any], models: set[str]) -> Iterator[str]:
    for result in run_results["results"]:
        if result["unique_id"] in models and result["status"] == _STATUS_OF_SUCCESS:
            yield result["compiled_code"] or ""
