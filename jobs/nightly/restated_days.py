"""Which event days and months gold makes again because what is known of customers or towers changed after their events
were in.

A change that the CRM hands over late (an outage, a number that had a new owner before the old one was reported gone, a
tower that enters the inventory after its first calls) concerns events that have been facts for days: they point at the
version, or at the owner, before it. The month's summary says what a customer was at the month's end, with or without
usage since the change.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import structlog

from jobs.nightly.audited_run import TableName
from jobs.nightly.closed_day import ONE_DAY
from jobs.nightly.late_changes import FEWEST_DIGITS, MOST_DIGITS, customer_changes, number_changes, tower_changes
from jobs.runtime.trino import TrinoSql

log = structlog.get_logger()
# Silver tables whose rows belong to whose number it was.
TABLES_OF_SUBSCRIBERS = (("silver", "silver_calls"), ("silver", "silver_sms"), ("silver", "silver_data_sessions"))
TABLES_OF_TOWERS = (*TABLES_OF_SUBSCRIBERS, ("silver", "silver_network_probes"))
MONTHLY_SUMMARY = ("gold", "agg_customer_monthly_summary")


@dataclass(frozen=True)
class Restatement:
    """`changes` is a query of what changed, each from `valid_from` to `valid_to`; the condition `concerns` says which
    events of `tables` are those of such a `change`.
    """

    changes: str
    tables: Collection[TableName]
    concerns: str


def with_restated(
    sql: TrinoSql,
    inputs: Mapping[TableName, int],
    silver: Collection[TableName],
    new_since: dt.datetime,
    touched: Collection[dt.date],
) -> tuple[dt.date, ...]:
    """The `touched` days and those with events of customers, numbers and towers whose history changes from a moment on
    that is not after those events.

    A change is a row that arrived in the CRM's bronze tables, of the snapshots `inputs`, since `new_since`. Of silver's
    tables, those in `silver` exist.
    """
    days = set(touched)
    for restatement in restatements(sql.catalog, inputs, new_since):
        days |= _days_restated(sql, restatement, silver, days)
    if late := sorted(days - set(touched)):
        log.info("days_restated", days=[str(day) for day in late])
    return tuple(sorted(days))


def restatements(catalog: str, inputs: Mapping[TableName, int], new_since: dt.datetime) -> tuple[Restatement, ...]:
    """What days may have to be made again for: numbers, numbers of few digits, towers."""
    numbers, towers = number_changes(catalog, inputs, new_since), tower_changes(catalog, inputs, new_since)
    return (
        Restatement(
            f"select * from ({numbers}) where length(digits) = {MOST_DIGITS}",  # noqa: S608
            TABLES_OF_SUBSCRIBERS,
            f"substr(event.msisdn, -{MOST_DIGITS}) = change.digits",
        ),
        Restatement(
            f"select * from ({numbers}) where length(digits) < {MOST_DIGITS}",  # noqa: S608
            TABLES_OF_SUBSCRIBERS,
            # The first condition is what an engine can join by.
            f"substr(event.msisdn, -{FEWEST_DIGITS}) = substr(change.digits, -{FEWEST_DIGITS})"
            " and substr(event.msisdn, -length(change.digits)) = change.digits",
        ),
        Restatement(towers, TABLES_OF_TOWERS, "event.tower_id = change.tower_id"),
    )


def restated_months(
    sql: TrinoSql,
    inputs: Mapping[TableName, int],
    gold: Collection[TableName],
    new_since: dt.datetime,
    time_zone: str,
) -> tuple[dt.date, ...]:
    """First days of the months whose summary has a customer of whom another version holds at the month's end, because
    of a change that arrived since `new_since`. Months end in `time_zone`.
    """
    changes = customer_changes(sql.catalog, inputs, new_since)
    oldest = _oldest(sql, changes)
    if oldest is None or MONTHLY_SUMMARY not in gold:
        return ()
    return tuple(
        sorted(row["month_start"] for row in sql.rows(_months_concerned(sql.catalog, changes, oldest, time_zone)))
    )


def _months_concerned(catalog: str, changes: str, oldest: dt.date, time_zone: str) -> str:
    month_end = f"with_timezone(cast(date_add('month', 1, summary.month_start) as timestamp(6)), '{time_zone}')"
    return (
        f"select distinct summary.month_start from {catalog}.{'.'.join(MONTHLY_SUMMARY)} as summary"  # noqa: S608
        f" inner join ({changes}) as change on change.customer_id = summary.customer_id"
        f" and change.valid_from < {month_end} and change.valid_to >= {month_end}"
        f" where summary.month_start >= date '{(oldest - ONE_DAY).replace(day=1)}'"
    )


def _days_restated(
    sql: TrinoSql, restatement: Restatement, silver: Collection[TableName], known: Collection[dt.date]
) -> set[dt.date]:
    """Event days, other than the `known` ones, that the restatement concerns. No day is read that cannot be one."""
    oldest = _oldest(sql, restatement.changes)
    tables = [table for table in restatement.tables if table in silver]
    if oldest is None or not tables:
        return set()
    present = sql.rows(" union ".join(_days_present(sql.catalog, table) for table in tables))
    # A day in a zone west of UTC begins after the same day in UTC.
    late = sorted(row["day"] for row in present if row["day"] >= oldest - ONE_DAY and row["day"] not in known)
    if not late:
        return set()
    found = sql.rows(" union ".join(_days_concerned(sql.catalog, table, restatement, late) for table in tables))
    return {row["day"] for row in found}


def _oldest(sql: TrinoSql, changes: str) -> dt.date | None:
    """The day (UTC) on which the first of the changes begins."""
    (row,) = sql.rows(f"select cast(min(valid_from) at time zone 'UTC' as date) as day from ({changes})")  # noqa: S608
    day: dt.date | None = row["day"]
    return day


def _days_present(catalog: str, table: TableName) -> str:
    namespace, name = table
    return f'select partition.event_date as day from {catalog}.{namespace}."{name}$partitions"'  # noqa: S608


def _days_concerned(catalog: str, table: TableName, restatement: Restatement, days: Collection[dt.date]) -> str:
    listed = ", ".join(f"date '{day}'" for day in days)
    return (
        f"select distinct event.event_date as day from {catalog}.{'.'.join(table)} as event"  # noqa: S608
        f" inner join ({restatement.changes}) as change on {restatement.concerns}"
        " and event.event_time >= change.valid_from and event.event_time < change.valid_to"
        f" where event.event_date in ({listed})"
    )
