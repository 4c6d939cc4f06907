"""What the gates of one run look at: fixed snapshots, a day and a moment."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from contracts.calendar import Calendar
from jobs.nightly.judged_days import JudgedDays, judged_days

TableName = tuple[str, str]


@dataclass(frozen=True)
class AuditedRun:
    """A run after its transformation. `inputs` and `outputs` are snapshot ids by (namespace, table).

    `days` are the event days that it worked on: those that arrived from `window_start` on, or those of a backfill.
    Beside the months of these days, it summed up `months` (first days).
    All gates read exactly these snapshots, and exactly these are published if they pass. `rows_left_behind`, by bronze
    table, are rows of all other days that came or went since the last accepted run, and that no run has worked on.
    `read` are the snapshots of bronze that the run's statements named, and `built` the tables that it was to write.
    No accepted run has judged the days from `unjudged_since` on; None means that this is the first one. `holidays` are
    the public holidays of the calendar.
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
    unjudged_since: dt.date | None = None
    holidays: frozenset[dt.date] = frozenset()
    months: Sequence[dt.date] = ()

    @cached_property
    def judged(self) -> JudgedDays:
        """The closed hours of each day that the run answers for."""
        backfilled = self.days if self.is_backfill else None
        return judged_days(self.run_date, self.unjudged_since, self.now, self.calendar, backfilled)
