"""What the gates of one run look at: fixed snapshots, a day and a moment."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

TableName = tuple[str, str]
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class AuditedRun:
    """A run after its transformation. `inputs` and `outputs` are snapshot ids by (namespace, table).

    `days` are the event days that it worked on: those that arrived from `window_start` on, or those of a backfill.
    All gates read exactly these snapshots, and exactly these are published if they pass. `rows_left_behind`, by bronze
    table, are rows of all other days that came or went since the last accepted run, and that no run has worked on.
    """

    run_id: str
    run_date: dt.date
    window_start: dt.date
    days: Sequence[dt.date]
    now: dt.datetime
    inputs: Mapping[TableName, int]
    outputs: Mapping[TableName, int]
    rows_left_behind: Mapping[str, int] = field(default_factory=dict)


class UnknownTableError(LookupError):
    """A gate asks for a table of which the run has no snapshot."""


def render(statement: str, run: AuditedRun, catalog: str) -> str:
    """`statement` with its parameters filled in.

    `$<namespace>_<table>` becomes the table at its audited snapshot; `$run_date`, `$window_start` and `$now` become
    SQL literals; `$on_touched_days` and `$at_touched_times` become conditions of literals on `event_date` and
    `event_time`, so that the engine leaves out all other partitions when it plans. Raises `UnknownTableError`.
    """
    tables = {
        f"{namespace}_{name}": f"{catalog}.{namespace}.{name} for version as of {snapshot}"
        for (namespace, name), snapshot in {**run.inputs, **run.outputs}.items()
    }
    literals = {
        "run_date": f"date '{run.run_date}'",
        "window_start": f"timestamp '{run.window_start} 00:00:00 UTC'",
        "now": f"timestamp '{run.now:%Y-%m-%d %H:%M:%S.%f} UTC'",
        "on_touched_days": _any_of(
            f"event_date between date '{first}' and date '{last}'" for first, last in unbroken(run.days)
        ),
        "at_touched_times": _any_of(
            f"event_time >= timestamp '{first} 00:00:00 UTC' and event_time < timestamp '{last + ONE_DAY} 00:00:00 UTC'"
            for first, last in unbroken(run.days)
        ),
    }
    try:
        return Template(statement).substitute(tables | literals)
    except KeyError as error:
        raise UnknownTableError(
            f"a gate reads {error.args[0]!r}, but the run has no snapshot of it; known: {sorted(tables)}"
        ) from error


def unbroken(days: Sequence[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """First and last day of each series without a gap."""
    series: list[tuple[dt.date, dt.date]] = []
    for day in sorted(set(days)):
        if series and series[-1][1] + ONE_DAY == day:
            series[-1] = (series[-1][0], day)
        else:
            series.append((day, day))
    return series


def _any_of(conditions: Iterable[str]) -> str:
    return "(" + (" or ".join(conditions) or "false") + ")"
