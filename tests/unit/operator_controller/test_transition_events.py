"""Events are posted when a condition changes, and only then."""

from typing import Any

from operators.telecom_pipeline.controller.events import transitions


def status(**conditions: str) -> dict[str, Any]:
    return {
        "conditions": [
            {"type": kind, "status": value, "reason": "Because", "message": f"{kind} is {value}"}
            for kind, value in conditions.items()
        ]
    }


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.type, each.reason) for each in transitions(before, after)]


def test_an_unchanged_status_is_not_news() -> None:
    assert told(status(Ready="True"), status(Ready="True")) == []


def test_becoming_ready_is_normal_and_losing_it_a_warning() -> None:
    assert told(status(Ready="False"), status(Ready="True")) == [("Normal", "Ready")]
    assert told(status(Ready="True"), status(Ready="False")) == [("Warning", "NotReady")]


def test_a_new_pipeline_that_is_not_ready_yet_is_not_news() -> None:
    assert told({}, status(Ready="False", Degraded="False", Progressing="True")) == [("Normal", "Progressing")]


def test_degradation_is_a_warning_and_recovery_is_not() -> None:
    assert told(status(Degraded="False"), status(Degraded="True")) == [("Warning", "Degraded")]
    assert told(status(Degraded="True"), status(Degraded="False")) == [("Normal", "NotDegraded")]


def test_a_long_message_is_cut_to_what_the_api_server_takes() -> None:
    long = {"conditions": [{"type": "Degraded", "status": "True", "reason": "R", "message": "x" * 5000}]}
    assert len(transitions({}, long)[0].message) <= 1024
