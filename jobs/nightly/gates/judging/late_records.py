"""Records that came too late, and dead letters that nobody has replayed, as a share of what is allowed. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.gate_settings import LateAndDeadLettersGate
from jobs.nightly.gates.gate import Reading

# So that any share is far above a limit of nothing.
SMALLEST_LIMIT = 1e-9


@dataclass(frozen=True)
class Lateness:
    """Records of a topic that arrived on a day: all, the late ones, and those of them that an outage held up."""

    topic: str
    day: dt.date
    arrived: int
    late: int
    held_up: int


def late_readings(topics: Iterable[Lateness], gate: LateAndDeadLettersGate) -> list[Reading]:
    """A reading per topic and day. An outage, which `freshness` and `volume` name, is blamed for what it held up."""
    return [
        Reading(
            f"{of.topic} late on {of.day}",
            _share_of_limit(of.late - of.held_up, of.arrived, gate.max_late_share, gate.min_rows),
            f"{of.late} of {of.arrived} records late, {of.held_up} of them held up by an outage",
            day=of.day,
        )
        for of in topics
    ]


def dead_letter_reading(topic: str, records: int, outstanding: int, gate: LateAndDeadLettersGate) -> Reading:
    """A reading of a topic whose `records` hold so many dead letters that were not replayed."""
    value = _share_of_limit(outstanding, records, gate.max_dead_letter_share, gate.min_rows)
    return Reading(f"{topic} dead letters", value, f"{outstanding} of {records} records, not replayed")


def _share_of_limit(bad: int, all_rows: int, limit: float, min_rows: int) -> float:
    if all_rows == 0 or bad == 0 or bad < min_rows:
        return 0.0
    return bad / all_rows / max(limit, SMALLEST_LIMIT)
