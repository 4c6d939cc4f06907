"""The Java rules of the Flink job and the plain Python reference find the same alerts, field for field."""

from collections.abc import Iterator
from itertools import chain

import pytest
from fraud_streams import MINUTE_MS, START_MS, Activity, Case, call, cases
from hypothesis import HealthCheck, given, settings
from replay_process import ReplayProcess

from contracts.fraud_rules import built_in_documents
from contracts.fraud_rules.reference import ReferenceDetector
from local.artefacts.fraud_detection_job import fraud_detection_jar
from local.artefacts.java import system_java

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def replay() -> Iterator[ReplayProcess]:
    with ReplayProcess(system_java(), fraud_detection_jar()) as process:
        yield process


def assert_same_alerts(replay: ReplayProcess, case: Case) -> int:
    reference = ReferenceDetector(case.documents)
    expected = list(chain.from_iterable(reference.evaluate(event) for event in case.events))
    assert replay.alerts(case.documents, case.events) == expected
    return len(expected)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(cases())
def test_generated_streams_give_equal_alerts(replay: ReplayProcess, case: Case) -> None:
    assert_same_alerts(replay, case)


def calls_within(count: int, span_ms: int) -> list[Activity]:
    """`count` calls of one subscriber, the first and last `span_ms` apart."""
    return [call(f"c{number:02d}", event_time_ms=START_MS + span_ms * number // (count - 1)) for number in range(count)]


@pytest.mark.parametrize(
    ("count", "span_ms", "alerts"),
    [
        (25, 0, 0),
        (26, 0, 1),
        (26, 30 * MINUTE_MS, 1),
        (26, 30 * MINUTE_MS + 1, 0),
        (27, 30 * MINUTE_MS + 1, 1),
        (40, 20 * MINUTE_MS, 1),
    ],
)
@pytest.mark.parametrize("order", ["in_time", "backwards", "sent_twice"])
def test_velocity_boundaries(replay: ReplayProcess, count: int, span_ms: int, alerts: int, order: str) -> None:
    events = calls_within(count, span_ms)
    arrivals = {"in_time": events, "backwards": events[::-1], "sent_twice": [*events, *events]}[order]
    assert assert_same_alerts(replay, Case(built_in_documents(), tuple(arrivals))) == alerts
