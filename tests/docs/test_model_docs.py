"""`telecom docs` on a pipeline that runs: the page knows the project and the lake."""

import json
from pathlib import Path
from typing import Any

import pytest
from demo_run import DEMO_SECONDS, DemoRun

pytestmark = [pytest.mark.engine, pytest.mark.timeout(DEMO_SECONDS + 600)]


def embedded(page: str, part: str) -> Any:
    """The JSON document of a part (`manifest`, `catalog`) that the page carries."""
    start = page.index(f'{part}:{{"metadata"') + len(part) + 1
    document, _ = json.JSONDecoder().raw_decode(page, start)
    return document


def test_the_page_describes_every_table_with_the_columns_that_trino_has(demo: DemoRun) -> None:
    page = Path(demo.answer("docs")["page"]).read_text()
    catalog, manifest = embedded(page, "catalog"), embedded(page, "manifest")
    assert catalog["errors"] is None
    fact = catalog["nodes"]["model.telecom.fact_calls"]
    columns = {name: column["type"] for name, column in fact["columns"].items()}
    in_trino = demo.query(
        "select column_name as name, data_type as type from information_schema.columns"
        " where table_schema = 'gold' and table_name = 'fact_calls'"
    )
    assert columns == {column["name"]: column["type"] for column in in_trino}
    models = {key for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert models <= catalog["nodes"].keys()
    assert manifest["exposures"]
