"""What changed in the CRM and in the inventory of towers, as SQL: who or which, and from when to when. Pure.

A change is a row that arrived in a bronze table since a moment; it holds until the next version of the same key does.
"""

import datetime as dt
from collections.abc import Mapping

from contracts.batch_tables import CRM_ACCOUNTS, CRM_CUSTOMERS, NETWORK_TOWERS
from jobs.nightly.audited_run import TableName
from jobs.nightly.sql_text import at_snapshot, instant

# Moment from which a version holds: what the macro `holds_from` of the dbt project says, word for word.
HOLDS_FROM = "coalesce(_effective_at, least(coalesce(updated_at, _bronze_ingested_at), _bronze_ingested_at))"
# A number is found by its last digits, whatever stands before them in the CRM's spelling. That finds a few strangers,
# and a day made again for nothing is the same day. Where numbers are shorter than that, all digits count.
MOST_DIGITS, FEWEST_DIGITS = 7, 4
_BEGINNING = "timestamp '1970-01-01 00:00:00 UTC'"
_END = "timestamp '9999-12-31 00:00:00 UTC'"


def tower_changes(catalog: str, inputs: Mapping[TableName, int], new_since: dt.datetime) -> str:
    """The query: `tower_id` of each tower that changed, `valid_from` and `valid_to`.

    What is known of a tower for the first time holds from the beginning, as in `dim_towers`.
    """
    return f"""
        with towers as (
            select tower_id, {_is_new(new_since)} as is_new, {_span("tower_id", _BEGINNING)}
            from {at_snapshot(catalog, NETWORK_TOWERS.identifier, inputs[NETWORK_TOWERS.identifier])}
        )
        select tower_id, valid_from, valid_to from towers where is_new"""  # noqa: S608


def customer_changes(catalog: str, inputs: Mapping[TableName, int], new_since: dt.datetime) -> str:
    """The query: `customer_id` of each customer who changed, `valid_from` and `valid_to`."""
    return f"{_changes(catalog, inputs, new_since)} select distinct customer_id, valid_from, valid_to from changes"  # noqa: S608


def number_changes(catalog: str, inputs: Mapping[TableName, int], new_since: dt.datetime) -> str:
    """The query: the last `digits` of each number that a customer who changed ever had, `valid_from` and `valid_to`.

    There are up to `MOST_DIGITS` of them, without what is dialled before a number in its own country.
    """
    dialled = "trim(leading '0' from regexp_replace(replace(customer.msisdn, '(0)'), '[^0-9]'))"
    return f"""{_changes(catalog, inputs, new_since)}
        select distinct
            substr({dialled}, -least({MOST_DIGITS}, length({dialled}))) as digits, changes.valid_from, changes.valid_to
        from changes
        inner join changed_customers as customer on customer.customer_id = changes.customer_id
        where length({dialled}) >= {FEWEST_DIGITS}"""  # noqa: S608


def _changes(catalog: str, inputs: Mapping[TableName, int], new_since: dt.datetime) -> str:
    """`changes`, of customers and of their accounts, and `changed_customers`, all versions of whom they concern.

    What is known of somebody for the first time holds from when they joined.
    """
    is_new = _is_new(new_since)
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
        )"""  # noqa: S608


def _is_new(new_since: dt.datetime) -> str:
    return f"_bronze_ingested_at >= {instant(new_since)}"


def _span(key: str, begun_at: str) -> str:
    history = f"over (partition by {key} order by {HOLDS_FROM})"
    return (
        f"if(lag({HOLDS_FROM}) {history} is null,"
        f" least(coalesce({begun_at}, {HOLDS_FROM}), {HOLDS_FROM}), {HOLDS_FROM}) as valid_from,"
        f" coalesce(lead({HOLDS_FROM}) {history}, {_END}) as valid_to"
    )
