"""A job that restarts is on its way for a while and broken after that."""

from datetime import timedelta
from typing import Any

import pytest
from operator_fixtures import NOW

from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.objects.timestamps import timestamp
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_report import StageReport
from operators.telecom_pipeline.status.overdue import TOLERANCES, fail_overdue


def report(state: State, reason: str) -> StageReport:
    return StageReport(Stage.FRAUD_DETECTION, state, reason, "", None, 0, 1, ())


def stored(state: State, reason: str, ago: timedelta) -> dict[str, Any]:
    stage = {"name": "fraud-detection", "state": state, "reason": reason, "lastTransitionTime": timestamp(NOW - ago)}
    return {"stages": [stage]}


def judged(found: StageReport, before: dict[str, Any]) -> State:
    return fail_overdue([found], before, NOW)[0].state


@pytest.mark.parametrize("reason", TOLERANCES)
def test_what_lasts_longer_than_is_tolerated_has_failed_and_stays_so(reason: str) -> None:
    found, tolerance, second = report(State.PROGRESSING, reason), TOLERANCES[reason], timedelta(seconds=1)
    assert judged(found, {}) is State.PROGRESSING
    assert judged(found, stored(State.PROGRESSING, reason, tolerance - second)) is State.PROGRESSING
    assert judged(found, stored(State.PROGRESSING, reason, tolerance + second)) is State.FAILED
    assert judged(found, stored(State.FAILED, reason, second)) is State.FAILED


def test_the_time_counts_from_the_start_of_that_state() -> None:
    long_ago = stored(State.PROGRESSING, "Upgrading", timedelta(hours=1))
    assert judged(report(State.PROGRESSING, "Restarting"), long_ago) is State.PROGRESSING


def test_what_recovers_is_forgiven() -> None:
    failed = stored(State.FAILED, "Restarting", timedelta(hours=1))
    assert judged(report(State.READY, "Running"), failed) is State.READY
