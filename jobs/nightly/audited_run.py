"""What the gates of one run look at: fixed snapshots, a day and a moment."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from contracts.calendar import Calendar
from jobs.nightly.closed_day import JudgedDay, day_start, judged_day

TableName = tuple[str, str]


@dataclass(frozen=True)
class AuditedRun:
    """A run after its transformation. `inputs` and `outputs` are snapshot ids by (namespace, table).

    `days` are the event days that it worked on: those that arrived from `window_start` on, or those of a backfill.
    All gates read exactly these snapshots, and exactly these are published if they pass. `rows_left_behind`, by bronze
    table, are rows of all other days that came or went since the last accepted run, and that no run has worked on.
    `read` are the snapshots of bronze that the run's statements named, and `built` the tables that it was to write.
    """

    run_id: str
    run_date: dt.date
    window_start: dt.date
    days: Sequence[dt.date]
    now: dt.datetime
    inputs: Mapping[TableName, int]
    outputs: Mapping[TableName, int]
    rows_left_behind: Mapping[str, int] = field(default_factory=dict)
    read: Mapping[TableName, frozenset[int | None]] = field(default_factory=dict)
    built: frozenset[TableName] = frozenset()
    calendar: Calendar = field(default_factory=Calendar)
    is_backfill: bool = False

    @cached_property
    def judged(self) -> JudgedDay:
        """The closed hours of the run's day. A backfill of other days has nothing to say about them."""
        start = day_start(self.run_date, self.calendar)
        if self.is_backfill and self.run_date not in self.days:
            return JudgedDay(self.run_date, start, start)
        return judged_day(self.run_date, self.now, self.calendar)
