"""What the CRM says and is told: who consents to being scored, and the scores (reverse ETL)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values

from contracts.batch_tables import PROFILING
from jobs.churn.scored import ScoredCustomers

ROWS_AT_ONCE = 1000
CUSTOMERS_AT_ONCE = 50_000
_TABLE = """
create table if not exists crm.churn_scores (
    customer_id text primary key,
    churn_score double precision not null,
    churn_segment text not null,
    scored_on date not null,
    updated_at timestamptz not null default clock_timestamp()
)
"""
# A customer consents if the newest decision says so. A decision without a stamp may be the newest, and of two with the
# same stamp nobody knows the order: then the refusal counts.
_DECISIONS = """
select distinct on (customer_id) customer_id, is_granted, updated_at from crm.consents where purpose = %(purpose)s
order by customer_id, updated_at desc nulls first, is_granted
"""
_CONSENTING = f"select customer_id from ({_DECISIONS}) as newest where is_granted and customer_id is not null"  # noqa: S608 (all of it is ours)
# Whoever came or consented later cannot be in features of that day.
_DUE = f"""
select customer_id from ({_DECISIONS}) as newest
where is_granted and updated_at < %(day)s and exists (
    select from crm.accounts
    where accounts.customer_id = newest.customer_id and status <> 'closed' and opened_at < %(day)s
)
"""  # noqa: S608
_UPSERT = """
insert into crm.churn_scores as existing (customer_id, churn_score, churn_segment, scored_on) values %s
on conflict (customer_id) do update set churn_score = excluded.churn_score, churn_segment = excluded.churn_segment,
scored_on = excluded.scored_on, updated_at = clock_timestamp()
where existing.scored_on <= excluded.scored_on and (existing.churn_score, existing.churn_segment, existing.scored_on)
is distinct from (excluded.churn_score, excluded.churn_segment, excluded.scored_on)
returning existing.customer_id
"""


def consenting(connection: Connection, customers: Sequence[str]) -> set[str]:
    """Those of `customers` who consent to profiling now."""
    query = f"{_CONSENTING} and customer_id = any(%(customers)s)"
    with connection, connection.cursor() as cursor:
        cursor.execute(query, {"purpose": PROFILING, "customers": list(customers)})
        return {customer for (customer,) in cursor.fetchall()}


def customers_due(connection: Connection, day: dt.date) -> int:
    """How many customers are due for a score of `day`: consent and an open account, both since before it."""
    with connection, connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({_DUE}) as due", {"purpose": PROFILING, "day": day})  # noqa: S608
        ((count,),) = cursor.fetchall()
    return int(count)


def customers_covered(connection: Connection, scored: ScoredCustomers) -> int:
    """How many of those who are due for a score of that day have one."""
    covered, customers = 0, scored.customers.unique()
    query = f"select count(*) from ({_DUE}) as due where customer_id = any(%(customers)s)"  # noqa: S608
    for first in range(0, len(customers), CUSTOMERS_AT_ONCE):
        page = customers.slice(first, CUSTOMERS_AT_ONCE).to_pylist()
        with connection, connection.cursor() as cursor:
            cursor.execute(query, {"purpose": PROFILING, "day": scored.scored_on, "customers": page})
            ((count,),) = cursor.fetchall()
        covered += int(count)
    return covered


def forget_unwilling_in_crm(connection: Connection) -> int:
    """Delete the CRM's scores of customers who do not consent (any more); return how many there were."""
    with connection, connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute(
            f"delete from crm.churn_scores where customer_id not in ({_CONSENTING})",  # noqa: S608
            {"purpose": PROFILING},
        )
        return int(cursor.rowcount)


def update_crm(connection: Connection, scored: ScoredCustomers) -> int:
    """Let the CRM have these scores and no others; return how many rows changed. The same again changes none.

    A score of an older day never replaces one of a newer day. What is older than all of these is of customers who are
    not scored any more, and goes. Whoever withdrew consent while the scores were made gets none.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(_TABLE)
        changed = 0
        for rows in _pages(scored.rows()):
            changed += len(execute_values(cursor, _UPSERT, rows, page_size=ROWS_AT_ONCE, fetch=True))
        cursor.execute("delete from crm.churn_scores where scored_on < %s", (scored.scored_on,))
        changed += cursor.rowcount
    forget_unwilling_in_crm(connection)
    return changed


def _pages(rows: Iterable[tuple[object, ...]]) -> Iterable[list[tuple[object, ...]]]:
    page: list[tuple[object, ...]] = []
    for row in rows:
        page.append(row)
        if len(page) == ROWS_AT_ONCE:
            yield page
            page = []
    if page:
        yield page
