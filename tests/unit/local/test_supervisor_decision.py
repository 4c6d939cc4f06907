"""What the supervisor decides, step by step."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from local.supervisor.decision import (
    LONGEST_BACKOFF_SECONDS,
    STABLE_SECONDS,
    Action,
    Observation,
    backoff_seconds,
    decide,
)
from local.supervisor.record import Phase, Record
from local.supervisor.spec import ProcessSpec, RestartPolicy, TcpProbe

SPEC = ProcessSpec("p", ("true",), Path("p.log"), Path("/"), readiness=TcpProbe(1), revision="1")
DEAD, ALIVE = Observation(False), Observation(True)
RUNNING = Record("p", Phase.READY, identity=SPEC.identity, pid=7, started_at=100, ready_at=101, since=101)


def test_a_process_that_was_never_started_is_started() -> None:
    record, action = decide(Record("p"), SPEC, DEAD, 100)
    assert (record.phase, action, record.started_at) == (Phase.STARTING, Action.START, 100)


def test_a_running_process_is_not_started_again() -> None:
    assert decide(RUNNING, SPEC, Observation(True, ready=True), 102) == (RUNNING, Action.NOTHING)


def test_it_is_ready_when_its_probe_passes_and_not_before() -> None:
    starting = replace(RUNNING, phase=Phase.STARTING, ready_at=None)
    assert decide(starting, SPEC, Observation(True, ready=False), 102)[0].phase is Phase.STARTING
    ready, _ = decide(starting, SPEC, Observation(True, ready=True), 103)
    assert (ready.phase, ready.ready_at) == (Phase.READY, 103)


def test_without_a_probe_it_is_ready_when_it_runs() -> None:
    starting = replace(RUNNING, phase=Phase.STARTING)
    assert decide(starting, replace(SPEC, readiness=None), ALIVE, 102)[0].phase is Phase.READY


def test_a_failing_readiness_probe_makes_it_not_ready_but_lets_it_run() -> None:
    record, action = decide(RUNNING, SPEC, Observation(True, ready=False), 102)
    assert (record.phase, action) == (Phase.STARTING, Action.NOTHING)


def test_a_failing_liveness_probe_restarts_it() -> None:
    record, action = decide(RUNNING, SPEC, Observation(True, ready=True, healthy=False), 102)
    assert (record.phase, action) == (Phase.STOPPING, Action.TERMINATE)


def test_a_crash_waits_before_the_restart() -> None:
    crashed, action = decide(RUNNING, SPEC, Observation(False, exit_code=3), 105)
    assert (crashed.phase, action, crashed.exit_code, crashed.failures) == (Phase.BACKING_OFF, Action.NOTHING, 3, 1)
    assert decide(crashed, SPEC, DEAD, crashed.retry_at - 0.1)[1] is Action.NOTHING
    again, action = decide(crashed, SPEC, DEAD, crashed.retry_at)
    assert (action, again.restarts) == (Action.START, 1)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1000, 60)])
def test_the_wait_doubles_up_to_a_minute(failures: int, seconds: float) -> None:
    assert backoff_seconds(failures) == seconds <= LONGEST_BACKOFF_SECONDS


def test_a_long_run_forgives_earlier_failures() -> None:
    failed_often = replace(RUNNING, failures=5)
    young, _ = decide(failed_often, SPEC, Observation(False, exit_code=1), 101 + STABLE_SECONDS - 1)
    old, _ = decide(failed_often, SPEC, Observation(False, exit_code=1), 101 + STABLE_SECONDS + 1)
    assert (young.failures, old.failures) == (6, 1)


def test_a_changed_specification_restarts_it_without_a_wait() -> None:
    changed = replace(SPEC, revision="2")
    stopping, action = decide(RUNNING, changed, Observation(True, ready=True), 102)
    assert (stopping.phase, action) == (Phase.STOPPING, Action.TERMINATE)
    stopped, _ = decide(stopping, changed, DEAD, 103)
    assert decide(stopped, changed, DEAD, 103)[1] is Action.START


def test_a_changed_specification_ends_the_back_off() -> None:
    waiting = replace(RUNNING, phase=Phase.BACKING_OFF, retry_at=1000, failures=9, pid=None)
    record, action = decide(waiting, replace(SPEC, revision="2"), DEAD, 102)
    assert (action, record.failures) == (Action.START, 0)


def test_a_removed_process_is_asked_to_end_then_killed_then_forgotten() -> None:
    stopping, action = decide(replace(RUNNING, stop_grace_seconds=5), None, ALIVE, 110)
    assert action is Action.TERMINATE
    assert decide(stopping, None, ALIVE, 114)[1] is Action.TERMINATE, "the signal could not be delivered yet"
    stopping = replace(stopping, is_told_to_stop=True)
    assert decide(stopping, None, ALIVE, 114)[1] is Action.NOTHING
    assert decide(stopping, None, ALIVE, 116)[1] is Action.KILL
    gone, _ = decide(stopping, None, DEAD, 117)
    assert decide(gone, None, DEAD, 117)[1] is Action.FORGET


def test_a_run_to_completion_stays_down_after_success() -> None:
    once = replace(SPEC, restart=RestartPolicy.ON_FAILURE)
    done, _ = decide(RUNNING, once, Observation(False, exit_code=0), 105)
    assert (done.phase, done.exit_code) == (Phase.EXITED, 0)
    assert decide(done, once, DEAD, 1000) == (done, Action.NOTHING)


def test_a_run_to_completion_gives_up_after_its_last_attempt() -> None:
    once = replace(SPEC, restart=RestartPolicy.ON_FAILURE, max_failures=1)
    first, _ = decide(RUNNING, once, Observation(False, exit_code=2), 105)
    assert first.phase is Phase.BACKING_OFF
    second, _ = decide(replace(first, phase=Phase.STARTING), once, Observation(False, exit_code=2), 107)
    assert (second.phase, second.failures) == (Phase.EXITED, 2)


def test_a_server_that_ends_well_is_started_again() -> None:
    assert decide(RUNNING, SPEC, Observation(False, exit_code=0), 105)[0].phase is Phase.BACKING_OFF


def test_one_that_never_becomes_ready_is_given_up_and_started_again() -> None:
    starting = replace(RUNNING, phase=Phase.STARTING, since=100)
    record, action = decide(starting, SPEC, Observation(True, ready=False), 101 + SPEC.start_timeout_seconds)
    assert (action, record.failures) == (Action.TERMINATE, 1)
    assert "not ready after 180 s" in record.reason


def test_a_taken_port_is_reported_and_nothing_is_started() -> None:
    record, action = decide(Record("p"), SPEC, Observation(False, port_conflict="port 1 is in use by x"), 100)
    assert (record.phase, record.reason, action) == (Phase.BACKING_OFF, "port 1 is in use by x", Action.NOTHING)
    assert record.retry_at > 100


def test_a_process_keeps_how_it_wants_to_be_stopped() -> None:
    record, _ = decide(Record("p"), replace(SPEC, stop_signal=signal.SIGINT, stop_rank=90), DEAD, 100)
    assert (record.stop_signal, record.stop_rank) == (signal.SIGINT, 90)
