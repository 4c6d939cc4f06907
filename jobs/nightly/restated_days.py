"""Which event days gold makes again because what is known of customers or towers changed after their events were in.

A change that the CRM hands over late (an outage, a number that had a new owner before the old one was reported gone, a
tower that enters the inventory after its first calls) concerns events that have been facts for days: they point at the
version, or at the owner, before it.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import structlog

from contracts.batch_tables import CRM_ACCOUNTS, CRM_CUSTOMERS, NETWORK_TOWERS
from jobs.nightly.audited_run import TableName
from jobs.nightly.closed_day import ONE_DAY
from jobs.nightly.sql_text import at_snapshot, instant
from jobs.runtime.trino import TrinoSql

log = structlog.get_logger()
# Silver tables whose rows belong to whose number it was.
TABLES_OF_SUBSCRIBERS = (("silver", "silver_calls"), ("silver", "silver_sms"), ("silver", "silver_data_sessions"))
TABLES_OF_TOWERS = (*TABLES_OF_SUBSCRIBERS, ("silver", "silver_network_probes"))
# A number is found by its last digits, whatever stands before them in the CRM's spelling. That finds a few strangers,
# and a day made again for nothing is the same day.
DIGITS_THAT_ANY_SPELLING_KEEPS = 7
_BEGINNING = "timestamp '1970-01-01 00:00:00 UTC'"


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
    of_customers = Restatement(
        changes_statement(sql.catalog, inputs, new_since),
        TABLES_OF_SUBSCRIBERS,
        f"substr(event.msisdn, -{DIGITS_THAT_ANY_SPELLING_KEEPS}) = change.digits",
    )
    of_towers = Restatement(
        tower_changes_statement(sql.catalog, inputs, new_since), TABLES_OF_TOWERS, "event.tower_id = change.tower_id"
    )
    days = set(touched)
    for restatement in (of_customers, of_towers):
        days |= _days_restated(sql, restatement, silver, days)
    if late := sorted(days - set(touched)):
        log.info("days_restated", days=[str(day) for day in late])
    return tuple(sorted(days))


def _days_restated(
    sql: TrinoSql, restatement: Restatement, silver: Collection[TableName], known: Collection[dt.date]
) -> set[dt.date]:
    """Event days, other than the `known` ones, that the restatement concerns. No day is read that cannot be one."""
    changes = restatement.changes
    (oldest,) = sql.rows(f"select cast(min(valid_from) at time zone 'UTC' as date) as day from ({changes})")  # noqa: S608
    tables = [table for table in restatement.tables if table in silver]
    if oldest["day"] is None or not tables:
        return set()
    present = sql.rows(" union ".join(_days_present(sql.catalog, table) for table in tables))
    # A day in a zone west of UTC begins after the same day in UTC.
    first = oldest["day"] - ONE_DAY
    late = sorted(row["day"] for row in present if row["day"] >= first and row["day"] not in known)
    if not late:
        return set()
    found = sql.rows(" union ".join(_days_concerned(sql.catalog, table, restatement, late) for table in tables))
    return {row["day"] for row in found}


def tower_changes_statement(catalog: str, inputs: Mapping[TableName, int], new_since: dt.datetime) -> str:
    """The query: each tower that changed, and from when to when the change holds.

    What is known of a tower for the first time holds from the beginning, as in `dim_towers`.
    """
    return f"""
        with towers as (
            select tower_id, {_is_new(new_since)} as is_new, {_span("tower_id", _BEGINNING)}
            from {at_snapshot(catalog, NETWORK_TOWERS.identifier, inputs[NETWORK_TOWERS.identifier])}
        )
        select tower_id, valid_from, valid_to from towers where is_new"""  # noqa: S608


def changes_statement(catalog: str, inputs: Mapping[TableName, int], new_since: dt.datetime) -> str:
    """The query: the last digits of each number of each customer that changed, and from when to when the change holds.

    A version holds until the next one does, from the moment that the macro `version_history` names. What is known of
    somebody for the first time holds from when they joined.
    """
    is_new = _is_new(new_since)
    digits = f"substr(regexp_replace(msisdn, '[^0-9]'), -{DIGITS_THAT_ANY_SPELLING_KEEPS})"
    customers = at_snapshot(catalog, CRM_CUSTOMERS.identifier, inputs[CRM_CUSTOMERS.identifier])
    accounts = at_snapshot(catalog, CRM_ACCOUNTS.identifier, inputs[CRM_ACCOUNTS.identifier])
    return f"""
        with changed_accounts as (
            select account_id, customer_id, {is_new} as is_new, {_span("account_id", "opened_at")}
            from {accounts}
            where account_id in (select account_id from {accounts} where {is_new})
        ),
        account_changes as (
            -- Of everybody whose the account ever was: a tombstone names no owner.
            select owner.customer_id, account.valid_from, account.valid_to
            from changed_accounts as account
            inner join changed_accounts as owner on owner.account_id = account.account_id
            where account.is_new and owner.customer_id is not null
        ),
        changed_customers as (
            select customer_id, msisdn, {is_new} as is_new, {_span("customer_id", "created_at")}
            from {customers}
            where
                customer_id in (select customer_id from {customers} where {is_new})
                or customer_id in (select customer_id from account_changes)
        ),
        changes as (
            select customer_id, valid_from, valid_to from changed_customers where is_new
            union all
            select customer_id, valid_from, valid_to from account_changes
        )
        select distinct {digits} as digits, changes.valid_from, changes.valid_to
        from changes
        inner join changed_customers as customer on customer.customer_id = changes.customer_id
        where customer.msisdn is not null"""  # noqa: S608


def _is_new(new_since: dt.datetime) -> str:
    return f"_bronze_ingested_at >= {instant(new_since)}"


def _span(key: str, begun_at: str) -> str:
    stamp = "coalesce(_effective_at, least(coalesce(updated_at, _bronze_ingested_at), _bronze_ingested_at))"
    history = f"over (partition by {key} order by {stamp})"
    return (
        f"if(lag({stamp}) {history} is null, least(coalesce({begun_at}, {stamp}), {stamp}), {stamp}) as valid_from,"
        f" coalesce(lead({stamp}) {history}, timestamp '9999-12-31 00:00:00 UTC') as valid_to"
    )


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
