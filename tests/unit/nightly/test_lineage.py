"""What a build read, by dbt's own records, against what the run says that it read."""

from typing import Any

import pytest

from jobs.nightly.dbt.tables_read import tables_read
from jobs.nightly.gates.judging.lineage import lineage_readings

CALLS, SMS = ("bronze", "call_events"), ("bronze", "sms_events")
FACTS = ("gold", "fact_calls")


def model(schema: str) -> dict[str, Any]:
    return {"resource_type": "model", "schema": schema, "config": {"materialized": "view"}}


MANIFEST: dict[str, Any] = {
    "nodes": {
        "model.telecom.bronze_call_events": model("bronze"),
        "model.telecom.bronze_sms_events": model("bronze"),
        "model.telecom.alerts_live": model("published"),
        "test.telecom.no_call": {"resource_type": "test"},
    },
    "sources": {
        "source.calls": {"source_name": "bronze", "schema": "bronze", "identifier": "call_events"},
        "source.sms": {"source_name": "bronze", "schema": "bronze", "identifier": "sms_events"},
        "source.alerts": {"source_name": "bronze", "schema": "bronze", "identifier": "fraud_alerts"},
        "source.unread": {"source_name": "bronze", "schema": "bronze", "identifier": "payments"},
        "source.keys": {"source_name": "vault", "schema": "vault", "identifier": "pii_keys"},
    },
    "child_map": {
        "source.calls": ["model.telecom.bronze_call_events"],
        "source.sms": ["model.telecom.bronze_sms_events"],
        "source.alerts": ["model.telecom.alerts_live"],
        "source.unread": ["test.telecom.no_call"],
        "source.keys": ["model.telecom.bronze_call_events"],
    },
}


def results(status: str = "success", snapshot: str = " for version as of 11") -> dict[str, Any]:
    calls = f'select * from "iceberg"."bronze"."call_events"{snapshot} join "iceberg"."vault"."pii_keys"'
    return {
        "results": [
            {"unique_id": "model.telecom.bronze_call_events", "status": status, "compiled_code": calls},
            {"unique_id": "test.telecom.no_call", "status": "pass", "compiled_code": "select 1"},
        ]
    }


@pytest.mark.parametrize(
    ("status", "snapshot", "read"),
    [("success", " for version as of 11", {11}), ("success", "", {None}), ("error", " for version as of 11", set())],
)
def test_a_statement_that_ran_says_which_snapshot_it_read(status: str, snapshot: str, read: set[int | None]) -> None:
    assert tables_read(MANIFEST, results(status, snapshot)) == {CALLS: frozenset(read), SMS: frozenset()}


def named(**changes: Any) -> list[tuple[str, str]]:
    sound: dict[str, Any] = {
        "read": {CALLS: frozenset({11})},
        "inputs": {CALLS: 11},
        "built": {FACTS},
        "outputs": {FACTS: 22},
    }
    return [(reading.subject, reading.detail) for reading in lineage_readings(**sound | changes)]


def test_a_run_that_names_what_it_read_and_wrote_has_no_reading() -> None:
    assert named() == []


@pytest.mark.parametrize(
    ("changes", "subject", "told"),
    [
        ({"read": {CALLS: frozenset({None})}}, "bronze.call_events", "without a snapshot"),
        ({"read": {CALLS: frozenset({11, 12})}}, "bronze.call_events", "at snapshot 12"),
        ({"read": {CALLS: frozenset()}}, "bronze.call_events", "no statement did"),
        ({"read": {CALLS: frozenset({11}), SMS: frozenset({5})}}, "bronze.sms_events", "not among the run's inputs"),
        ({"read": {}}, "inputs", "nobody wrote down"),
        ({"built": {FACTS, ("gold", "dim_date")}}, "gold.dim_date", "no snapshot"),
        ({"built": set(), "outputs": {}}, "outputs", "no output"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], subject: str, told: str) -> None:
    ((found, detail),) = named(**changes)
    assert found == subject
    assert told in detail
