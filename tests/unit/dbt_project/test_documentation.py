"""Every model of the dbt project is documented, column by column, and what is shown to people is under a contract."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[3] / "dbt_project"
MODELS = {file.stem: file for file in sorted((PROJECT / "models").rglob("*.sql"))}


@cache
def documented(kind: str) -> dict[str, dict[str, Any]]:
    """Entries of a kind in all YAML files, by name; an entry that is there twice fails."""
    entries = [
        entry
        for file in sorted((PROJECT / "models").rglob("*.yml"))
        for entry in yaml.safe_load(file.read_text()).get(kind, [])
    ]
    names = [entry["name"] for entry in entries]
    assert len(names) == len(set(names))
    return dict(zip(names, entries, strict=True))


@pytest.mark.parametrize(("name", "file"), MODELS.items())
def test_a_model_is_described_beside_its_sql_together_with_its_unit_tests(name: str, file: Path) -> None:
    described = yaml.safe_load(file.with_suffix(".yml").read_text())
    assert [model["name"] for model in described.pop("models")] == [name]
    assert {test["model"] for test in described.pop("unit_tests", [])} <= {name}
    assert described == {}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_and_each_of_its_columns_are_described_once(name: str) -> None:
    model = documented("models")[name]
    columns = [column["name"] for column in model["columns"]]
    assert model["description"]
    assert columns
    assert len(columns) == len(set(columns))
    assert [column["name"] for column in model["columns"] if not column["description"]] == []


def test_nothing_is_described_that_does_not_exist() -> None:
    assert documented("models").keys() == MODELS.keys()


@pytest.mark.parametrize("layer", ["silver", "gold", "published"])
def test_silver_and_gold_are_under_a_contract_and_every_column_has_a_type(layer: str) -> None:
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["models"]["telecom"][layer]
    assert settings["+contract"] == {"enforced": True}
    models = documented("models")
    untyped = {
        f"{name}.{column['name']}"
        for name, file in MODELS.items()
        if layer in file.relative_to(PROJECT).parts
        for column in models[name]["columns"]
        if "data_type" not in column
    }
    assert untyped == set()


def test_what_people_look_at_is_an_exposure_with_an_owner() -> None:
    exposures = documented("exposures")
    assert {"fraud_desk", "network_operations", "revenue_report", "churn_scores"} <= exposures.keys()
    for exposure in exposures.values():
        assert exposure["owner"]["email"]
        used = {reference.removeprefix("ref('").removesuffix("')") for reference in exposure["depends_on"]}
        assert used <= MODELS.keys()


# Other events' quarantines are made by the macro that the one of calls tries; what was billed, by that of invoices.
SAME_AS_ANOTHER = {
    "silver_sms_quarantine",
    "silver_data_sessions_quarantine",
    "silver_network_probes_quarantine",
    "silver_invoice_lines",
    "silver_payments",
}


def test_every_table_of_silver_and_gold_is_tried_on_planted_rows() -> None:
    tried = {test["model"] for test in documented("unit_tests").values()}
    tables = {
        name
        for name, file in MODELS.items()
        if {"silver", "gold"} & set(file.relative_to(PROJECT).parts) and "materialized='view'" not in file.read_text()
    }
    assert tables - tried - SAME_AS_ANOTHER == set()
