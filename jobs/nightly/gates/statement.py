"""A gate's SQL with its parameters filled in. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from string import Template

from jobs.nightly.audited_run import AuditedRun
from jobs.nightly.closed_day import ONE_DAY, day_start
from jobs.nightly.sql_text import at_snapshot, instant

MOST_SERIES = 100


class UnknownTableError(LookupError):
    """A gate asks for a table of which the run has no snapshot."""


def render(statement: str, run: AuditedRun, catalog: str, parameters: Mapping[str, object] | None = None) -> str:
    """`statement` with its parameters filled in.

    `$<namespace>_<table>` becomes the table at its audited snapshot; `$run_date`, `$window_start`, `$now`, and
    `$judged_start`, `$judged_until`, `$first_judged_day` and `$last_judged_day`, which span all judged days, become SQL
    literals, `$time_zone` a name in quotes. `$on_touched_days`, `$in_touched_months`, `$of_touched_months` and
    `$at_touched_times` become conditions of literals on `event_date`, `month_start` and `event_time`, so that the
    engine leaves out all other partitions when it plans. `parameters` are a gate's own. Raises `UnknownTableError`.
    """
    tables = {
        "_".join(table): at_snapshot(catalog, table, snapshot)
        for table, snapshot in {**run.inputs, **run.outputs}.items()
    }
    try:
        return Template(statement).substitute(tables | _literals(run) | dict(parameters or {}))
    except KeyError as error:
        raise UnknownTableError(
            f"a gate reads {error.args[0]!r}, but the run has no snapshot of it; known: {sorted(tables)}"
        ) from error


def first_moment(run: AuditedRun, history_days: int) -> dt.datetime:
    """The beginning of the day that is so many days before the first one that is judged, or else before the run's."""
    first = min([run.run_date, *(judged.day for judged in run.judged.days)])
    return day_start(first - history_days * ONE_DAY, run.calendar)


def window_start(run: AuditedRun) -> dt.datetime:
    """The first arrival that the run looks at."""
    return dt.datetime.combine(run.window_start, dt.time(), dt.UTC)


def unbroken(days: Sequence[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """First and last day of each series without a gap.

    Of very many series one is made, from the first day to the last: a gate may look at more days than a run made, but
    Trino takes no statement of more than a million characters.
    """
    series: list[tuple[dt.date, dt.date]] = []
    for day in sorted(set(days)):
        if series and series[-1][1] + ONE_DAY == day:
            series[-1] = (series[-1][0], day)
        else:
            series.append((day, day))
    return series if len(series) <= MOST_SERIES else [(series[0][0], series[-1][1])]


def _literals(run: AuditedRun) -> dict[str, object]:
    touched = unbroken(run.days)
    months = sorted({day.replace(day=1) for day in run.days} | set(run.months))
    on_days = _any_of(f"event_date between date '{first}' and date '{last}'" for first, last in touched)
    times = [(day_start(first, run.calendar), day_start(last + ONE_DAY, run.calendar)) for first, last in touched]
    return _of_judged_days(run) | {
        "run_date": f"date '{run.run_date}'",
        "window_start": instant(window_start(run)),
        "now": instant(run.now),
        "time_zone": f"'{run.calendar.time_zone}'",
        "on_touched_days": on_days,
        "in_touched_months": _any_of(
            f"event_date between date '{month}' and date '{_last_of(month)}'" for month in months
        ),
        "of_touched_months": _any_of(f"month_start = date '{month}'" for month in months),
        "at_touched_times": _any_of(
            f"event_time >= {instant(start)} and event_time < {instant(until)}" for start, until in times
        ),
    }


def _of_judged_days(run: AuditedRun) -> dict[str, object]:
    """Literals of the span of all judged days; it is empty if there is none."""
    days = run.judged.days
    start = days[0].start if days else day_start(run.run_date, run.calendar)
    first, last = (days[0].day, days[-1].day) if days else (run.run_date, run.run_date - ONE_DAY)
    return {
        "judged_start": instant(start),
        "judged_until": instant(days[-1].until if days else start),
        "first_judged_day": f"date '{first}'",
        "last_judged_day": f"date '{last}'",
    }


def _last_of(month: dt.date) -> dt.date:
    return (month + 31 * ONE_DAY).replace(day=1) - ONE_DAY


def _any_of(conditions: Iterable[str]) -> str:
    return "(" + (" or ".join(conditions) or "false") + ")"
