"""What the status says about the data: limits, margins, classes, and silence where nothing moved by much."""

from datetime import date, timedelta
from typing import Any, Literal

import pytest
from operator_fixtures import NOW, changed, pipeline_of, sample, without

from contracts.nightly_verdict import GateVerdict, NightlyVerdict
from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.figures.recent_figures import REMEMBERED_READINGS, RecentFigures
from operators.telecom_pipeline.figures.sink_figures import UNKNOWN, SinkFigures, figures_of
from operators.telecom_pipeline.objects.timestamps import timestamp
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_report import StageReport
from operators.telecom_pipeline.status.conditions import stamp
from operators.telecom_pipeline.status.data import DataReport, NightlyRun, report_data

LIMITS = {"freshnessLimitSeconds": 100, "lagLimitRecords": 5000, "publicationLimitSeconds": 3600}
DEMO = changed(sample("demo"), "spec.monitoring", LIMITS)
RUNNING = StageReport(Stage.SOURCES, State.READY, "", "", None, 1, 1, ())
DONE = StageReport(Stage.SOURCES, State.COMPLETED, "", "", None, 1, 1, ())


def report(
    figures: SinkFigures,
    nightly: dict[str, Any] | None = None,
    verdict: NightlyVerdict | None = None,
    previous: dict[str, Any] | None = None,
    sources: StageReport = RUNNING,
    after: timedelta = timedelta(),
) -> DataReport:
    run = NightlyRun(nightly, verdict)
    return report_data(pipeline_of(DEMO), (sources,), figures, run, previous or {}, NOW + after)


def status(found: DataReport) -> dict[str, Any]:
    """The part of a status that the next pass looks at."""
    conditions = stamp(found.verdicts, 1, {}, timestamp(NOW))
    return {
        "conditions": [each.model_dump(mode="json", by_alias=True) for each in conditions],
        "data": found.status.model_dump(mode="json", by_alias=True, exclude_none=True),
    }


def words(found: DataReport) -> dict[str, str]:
    return {each["type"]: each["status"] for each in status(found)["conditions"]}


def nightly(condition: str, minutes_ago: float = 10) -> dict[str, Any]:
    ended = timestamp(NOW - timedelta(minutes=minutes_ago))
    conditions = [{"type": condition, "status": "True", "message": "BackoffLimitExceeded"}]
    return {"status": {"conditions": conditions, **({"completionTime": ended} if condition == "Complete" else {})}}


def test_figures_within_their_limits_hold_and_beyond_them_do_not() -> None:
    assert words(report(SinkFigures(5000, 100))) | {"Published": ""} == {
        "BronzeFresh": "True",
        "LagBounded": "True",
        "Published": "",
    }
    assert words(report(SinkFigures(5001, 101)))["BronzeFresh"] == "False"
    assert words(report(SinkFigures(5001, 101)))["LagBounded"] == "False"


def test_what_the_sink_does_not_tell_is_unknown_and_not_bad() -> None:
    found = report(UNKNOWN)
    assert words(found) == {"BronzeFresh": "Unknown", "LagBounded": "Unknown", "Published": "Unknown"}
    assert (found.status.lag, found.status.freshness) == ("", "")


def test_a_condition_that_ended_holds_again_only_well_within_its_limit() -> None:
    ended = status(report(SinkFigures(5001, 101)))
    assert words(report(SinkFigures(4500, 90), previous=ended))["LagBounded"] == "False"
    assert words(report(SinkFigures(4500, 90), previous=ended))["BronzeFresh"] == "False"
    assert words(report(SinkFigures(4000, 80), previous=ended))["LagBounded"] == "True"
    assert words(report(SinkFigures(4000, 80), previous=ended))["BronzeFresh"] == "True"


@pytest.mark.parametrize(
    ("records", "seconds", "shown"),
    [(0, 0, ("0", "<1m")), (1, 59, ("<1k", "<1m")), (999_999, 60, ("<1M", "<5m")), (1e9, 1e9, (">10M", ">7d"))],
)
def test_figures_are_shown_as_classes(records: float, seconds: float, shown: tuple[str, str]) -> None:
    data = report(SinkFigures(records, seconds)).status
    assert (data.lag, data.freshness) == shown


def test_a_figure_that_swings_about_a_border_does_not_change_the_status() -> None:
    first = report(SinkFigures(1001, 61))
    assert (first.status.lag, first.status.freshness) == ("<10k", "<5m")
    for figures in (SinkFigures(990, 59), SinkFigures(1100, 70), SinkFigures(800, 48)):
        assert status(report(figures, previous=status(first))) == status(first)
    assert report(SinkFigures(799, 47), previous=status(first)).status.lag == "<1k"


def test_a_pipeline_whose_sources_are_done_is_not_called_stale() -> None:
    assert words(report(SinkFigures(0, 1e6), sources=DONE))["BronzeFresh"] == "Unknown"


def test_a_run_that_ended_well_publishes_until_the_limit() -> None:
    found = report(UNKNOWN, nightly("Complete"))
    assert words(found)["Published"] == "True"
    assert found.status.last_publication_time == timestamp(NOW - timedelta(minutes=10))
    assert words(report(UNKNOWN, nightly("Complete"), after=timedelta(minutes=51)))["Published"] == "False"


def test_a_job_that_is_cleaned_up_is_remembered() -> None:
    before = status(report(UNKNOWN, nightly("Complete")))
    assert words(report(UNKNOWN, previous=before))["Published"] == "True"
    assert words(report(UNKNOWN, {"spec": {}, "status": {"ready": 1}}, previous=before))["Published"] == "True"


def test_a_run_that_a_gate_stopped_has_not_published() -> None:
    before = status(report(UNKNOWN, nightly("Complete")))
    found = report(UNKNOWN, nightly("Failed"), previous=before)
    published = next(each for each in found.verdicts if each.type == "Published")
    assert published.holds is False
    assert "BackoffLimitExceeded" in published.message


def verdict(outcome: Literal["passed", "warned", "failed"], run_id: str = "r1") -> NightlyVerdict:
    gate = GateVerdict(name="freshness", layer="gold", owner="data", outcome=outcome, value=1.5)
    return NightlyVerdict(run_id=run_id, gates=(gate,))


def test_the_gates_that_blocked_are_named_with_their_owners() -> None:
    found = report(UNKNOWN, nightly("Failed"), verdict("failed"))
    published = next(each for each in found.verdicts if each.type == "Published")
    assert published.message == "the nightly run did not publish: gates failed: freshness (owner data)"


def test_the_condition_names_the_command_that_accepts_what_was_refused() -> None:
    refused = {"outcome": "failed", "value": 1, "layer": "silver", "owner": "network"}
    volume = GateVerdict(name="volume", refused_days=(date(2026, 11, 20), date(2026, 11, 21)), **refused)
    wrong = GateVerdict(name="reconciliation", **refused)
    way_out = (
        "; to accept it: telecom accept --gate volume --day 2026-11-20 --day 2026-11-21 --reason TEXT,"
        " on Kubernetes: telecom kube accept demo …"
    )
    for gates, is_named in (((volume,), True), ((volume, wrong), False)):
        found = report(UNKNOWN, nightly("Failed"), NightlyVerdict(run_id="r1", gates=gates))
        (published,) = (each for each in found.verdicts if each.type == "Published")
        assert published.message.endswith(way_out) is is_named
        assert status(found)["data"]["nightly"]["gates"][0]["refusedDays"] == ["2026-11-20", "2026-11-21"]


def test_gates_are_remembered_until_another_run_comes_to_a_verdict() -> None:
    before = status(report(UNKNOWN, nightly("Complete"), verdict("warned")))
    assert before["data"]["nightly"]["gates"][0] | {"value": 0} == {
        "name": "freshness",
        "layer": "gold",
        "owner": "data",
        "outcome": "warned",
        "value": 0,
        "refusedDays": [],
        "acceptedDays": [],
    }
    assert status(report(UNKNOWN, previous=before))["data"]["nightly"] == before["data"]["nightly"]
    later = report(UNKNOWN, nightly("Failed"), verdict("failed", "r2"), previous=before)
    assert status(later)["data"]["nightly"]["runId"] == "r2"


def test_a_run_that_broke_is_not_blamed_on_the_gates_of_the_run_before() -> None:
    before = status(report(UNKNOWN, nightly("Failed"), verdict("failed")))
    published = next(
        each for each in report(UNKNOWN, nightly("Failed"), previous=before).verdicts if each.type == "Published"
    )
    assert "freshness" not in published.message


def test_a_pipeline_without_transform_says_nothing_about_publication() -> None:
    pipeline = pipeline_of(without(DEMO, "transform"))
    found = report_data(pipeline, (RUNNING,), UNKNOWN, NightlyRun(), {}, NOW)
    assert [each.type.value for each in found.verdicts] == ["BronzeFresh", "LagBounded"]


PAGES = (
    'telecom_sink_lag_records{topic="a",partition="0"} 3\ntelecom_sink_lag_records{topic="a",partition="1"} 900\n'
    'telecom_sink_freshness_seconds{topic="a"} 500\n',
    'telecom_sink_lag_records{topic="a",partition="1"} 4\ntelecom_sink_freshness_seconds{topic="a"} 2\n'
    'telecom_sink_freshness_seconds{topic="b"} 70\n',
)


def test_pods_are_added_up_and_a_partition_that_changed_hands_counts_once() -> None:
    assert figures_of(PAGES) == SinkFigures(7, 2)
    assert figures_of(()) == UNKNOWN


class Readings:
    def __init__(self, *readings: SinkFigures) -> None:
        self.left = list(readings)

    def of_sink(self, pipeline: str, namespace: str) -> SinkFigures:
        return self.left.pop(0) if self.left else SinkFigures(1, 1)

    def of_nightly_run(self, pipeline: str, namespace: str) -> None:
        return None


def test_the_worst_of_the_last_readings_is_told_and_passes_in_between_read_nothing() -> None:
    clock, source = [0.0], Readings(SinkFigures(10, 5), SinkFigures(900, 2), SinkFigures(3, 40))
    recent = RecentFigures(source, 60, lambda: clock[0])
    told = []
    for second in range(0, 60 * (REMEMBERED_READINGS + 3), 20):
        clock[0] = second
        told.append(recent.of_sink("demo", "telecom"))
    assert told[:7:3] == [SinkFigures(10, 5), SinkFigures(900, 5), SinkFigures(900, 40)]
    assert told[0] == told[1] == told[2]
    assert told[-1] == SinkFigures(1, 1)


def test_one_reading_without_figures_does_not_count_but_many_do() -> None:
    clock, silent = [0.0], [UNKNOWN] * REMEMBERED_READINGS
    recent = RecentFigures(Readings(SinkFigures(10, 5), *silent), 60, lambda: clock[0])
    told = []
    for reading in range(REMEMBERED_READINGS + 1):
        clock[0] = 60 * reading
        told.append(recent.of_sink("demo", "telecom"))
    assert told == [SinkFigures(10, 5)] * REMEMBERED_READINGS + [UNKNOWN]


def test_a_pipeline_that_is_gone_leaves_no_figures_to_its_successor() -> None:
    recent = RecentFigures(Readings(SinkFigures(10, 5), UNKNOWN), 60, lambda: 0.0)
    recent.of_sink("demo", "telecom")
    recent.forget("demo", "telecom")
    assert recent.of_sink("demo", "telecom") == UNKNOWN
