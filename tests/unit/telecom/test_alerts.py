"""`telecom alerts` finds the pipeline that looks for frauds and shows what people need of an alert."""

from pathlib import Path

import pytest
from operator_fixtures import changed, sample

from contracts.events import FraudAlert
from local.cluster.object_store import SqliteCluster
from telecom.audit.alert_table import HEADINGS, LINE, cells
from telecom.pipelines.local_pipeline import PipelineChoiceError, detecting_pipeline

ALERT = FraudAlert(
    event_id="a" * 32,
    event_time_ms=1_772_366_400_000,
    schema_version=1,
    rule="impossible_travel",
    rule_version=1,
    msisdn="12065550123",
    imsi="310260123456789",
    severity="critical",
    score=97.25,
    detection_time_ms=1_772_366_400_740,
    evidence_event_ids=["e1", "e2"],
)


@pytest.fixture
def store(tmp_path: Path) -> SqliteCluster:
    return SqliteCluster(tmp_path / "store.db")


def test_the_only_pipeline_that_looks_for_frauds_is_taken(store: SqliteCluster) -> None:
    store.apply(sample("minimal"))
    store.apply(sample("fraud"))
    assert detecting_pipeline(store, None, "show alerts").name == "fraud"


def test_of_two_pipelines_one_must_be_named(store: SqliteCluster) -> None:
    store.apply(sample("fraud"))
    store.apply(changed(sample("fraud"), "metadata.name", "other"))
    with pytest.raises(PipelineChoiceError, match="fraud, other"):
        detecting_pipeline(store, None, "show alerts")
    assert detecting_pipeline(store, "other", "show alerts").name == "other"


def test_without_fraud_detection_the_error_says_what_to_do(store: SqliteCluster) -> None:
    store.apply(sample("minimal"))
    with pytest.raises(PipelineChoiceError, match="telecom up"):
        detecting_pipeline(store, None, "show alerts")


def test_an_alert_is_shown_with_its_time_and_how_fast_it_was_found() -> None:
    shown = dict(zip(HEADINGS, cells(ALERT), strict=True))
    assert shown["TIME"] == "2026-03-01 12:00:00"
    assert shown["FOUND AFTER"] == "0.7 s"
    assert (shown["RULE"], shown["SCORE"], shown["EVIDENCE"]) == ("impossible_travel", "97.2", "2")


def test_lines_that_are_followed_stand_below_their_headings() -> None:
    heading, line = LINE.format(*HEADINGS), LINE.format(*cells(ALERT))
    for name, value in zip(HEADINGS[:4], cells(ALERT)[:4], strict=True):
        assert heading.index(name) == line.index(value)
