"""What to do next with a process, from its record, its spec, what is observed and the time. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from local.supervisor.record import RUNNING, Phase, Record
from local.supervisor.spec import ProcessSpec, RestartPolicy

FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0
# A run of this length proves that the process works, so its failures are forgotten.
STABLE_SECONDS = 60.0


class Action(StrEnum):
    """What the supervisor does to the operating system."""

    NOTHING = "nothing"
    START = "start"
    TERMINATE = "terminate"
    KILL = "kill"
    FORGET = "forget"


@dataclass(frozen=True)
class Observation:
    """What the operating system and the probes say now. `ready` and `healthy` are None while unknown."""

    alive: bool
    exit_code: int | None = None
    ready: bool | None = None
    healthy: bool | None = None
    # Who else holds a port of the process, in words; looked up only when a start is due.
    port_conflict: str | None = None


Step = tuple[Record, Action]


def decide(record: Record, spec: ProcessSpec | None, seen: Observation, now: float) -> Step:
    """The next record and the one action that leads to it. A process without a spec is to be removed."""
    if record.phase is Phase.STOPPING:
        return _while_stopping(record, seen, now)
    if spec is None:
        return _stop(record, "removed", now) if seen.alive else (record, Action.FORGET)
    if record.phase in RUNNING:
        return _while_running(record, spec, seen, now)
    if record.phase is Phase.EXITED and record.identity == spec.identity:
        return record, Action.NOTHING
    if record.phase is Phase.BACKING_OFF and now < record.retry_at and record.identity == spec.identity:
        return record, Action.NOTHING
    return _start(record, spec, seen, now)


def backoff_seconds(failures: int) -> float:
    """Seconds to wait before the next start after that many failed runs: 1, 2, 4 … 60."""
    return float(min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** max(0, failures - 1)))


def _start(record: Record, spec: ProcessSpec, seen: Observation, now: float) -> Step:
    if seen.port_conflict:
        waiting = replace(record, identity=spec.identity, retry_at=now + 2 * FIRST_BACKOFF_SECONDS)
        return _enter(waiting, Phase.BACKING_OFF, seen.port_conflict, now), Action.NOTHING
    is_new = record.identity != spec.identity
    started = replace(
        record,
        identity=spec.identity,
        started_at=now,
        ready_at=None,
        exit_code=None,
        killed=False,
        failures=0 if is_new else record.failures,
        restarts=record.restarts + (record.started_at > 0),
        stop_signal=spec.stop_signal,
        stop_grace_seconds=spec.stop_grace_seconds,
        stop_rank=spec.stop_rank,
        ports=spec.ports,
        log_file=str(spec.log_file),
        endpoint=spec.endpoint,
    )
    return _enter(started, Phase.STARTING, "", now), Action.START


def _while_running(record: Record, spec: ProcessSpec, seen: Observation, now: float) -> Step:
    if not seen.alive:
        return _ended(record, spec, seen, now), Action.NOTHING
    if record.identity != spec.identity:
        return _stop(record, "its specification changed", now)
    if seen.healthy is False:
        return _stop(record, "its liveness probe failed", now)
    if record.phase is Phase.STARTING:
        return _while_starting(record, spec, seen, now)
    if seen.ready is False and spec.readiness:
        return _enter(record, Phase.STARTING, "its readiness probe fails", now), Action.NOTHING
    if record.failures and now - (record.ready_at or now) > STABLE_SECONDS:
        return replace(record, failures=0), Action.NOTHING
    return record, Action.NOTHING


def _while_starting(record: Record, spec: ProcessSpec, seen: Observation, now: float) -> Step:
    if seen.ready or spec.readiness is None:
        return _enter(replace(record, ready_at=now), Phase.READY, "", now), Action.NOTHING
    if now - record.since > spec.start_timeout_seconds:
        reason = f"not ready after {spec.start_timeout_seconds:.0f} s"
        return _stop(replace(record, failures=record.failures + 1), reason, now)
    return record, Action.NOTHING


def _ended(record: Record, spec: ProcessSpec, seen: Observation, now: float) -> Record:
    ended = replace(record, pid=None, created=None, exit_code=seen.exit_code)
    if seen.exit_code == 0 and spec.restart is RestartPolicy.ON_FAILURE:
        return _enter(ended, Phase.EXITED, "completed", now)
    was_stable = record.ready_at is not None and now - record.ready_at > STABLE_SECONDS
    failures = 1 if was_stable else record.failures + 1
    reason = f"ended with code {seen.exit_code}" if seen.exit_code is not None else "ended without leaving an exit code"
    if spec.max_failures is not None and failures > spec.max_failures:
        return _enter(replace(ended, failures=failures), Phase.EXITED, reason, now)
    waiting = replace(ended, failures=failures, retry_at=now + backoff_seconds(failures))
    return _enter(waiting, Phase.BACKING_OFF, reason, now)


def _stop(record: Record, reason: str, now: float) -> Step:
    return _enter(replace(record, is_told_to_stop=False), Phase.STOPPING, reason, now), Action.TERMINATE


def _while_stopping(record: Record, seen: Observation, now: float) -> Step:
    if not seen.alive:
        ended = replace(record, pid=None, created=None, exit_code=seen.exit_code)
        return _enter(ended, Phase.PENDING, record.reason, now), Action.NOTHING
    if now - record.since > record.stop_grace_seconds:
        return replace(record, killed=True), Action.KILL
    return record, Action.NOTHING if record.is_told_to_stop else Action.TERMINATE


def _enter(record: Record, phase: Phase, reason: str, now: float) -> Record:
    if (record.phase, record.reason) == (phase, reason):
        return record
    return replace(record, phase=phase, reason=reason, since=now)
