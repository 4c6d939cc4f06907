"""One night that hears late of what happened days ago: towers that entered or were rebuilt, customers who came, left,
moved and swapped numbers.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from warehouse import EVENING, LATE_TOWER, RUN_DATE, Warehouse

from jobs.crm_simulator.inventory import network_towers
from jobs.nightly.nightly_run import NightlyReport
from jobs.runtime.tower_inventory import write_towers

LATER = EVENING + dt.timedelta(minutes=1)
# Between the traffic of two evenings, and between the last two.
MOVED_AT = dt.datetime.combine(RUN_DATE - dt.timedelta(days=2), dt.time(9), dt.UTC)
CHANGED_HANDS_AT = dt.datetime.combine(RUN_DATE - dt.timedelta(days=1), dt.time(9), dt.UTC)
# Its region changes between the traffic of two evenings.
REBUILT_TOWER, NEW_REGION = "TWR-00004", "rebuilt"
REBUILT_AT = dt.datetime.combine(RUN_DATE, dt.time(9), dt.UTC)
NEW_OWNER, NEWCOMER, NEW_CITY = "CUST-NEW-OWNER", "CUST-NEWCOMER", "Latetown"


@dataclass(frozen=True)
class Holder:
    """A customer and their number before the night."""

    customer_id: str
    msisdn: str


@dataclass(frozen=True)
class LateNews:
    """Who is concerned, what gold had no region and no customer for before the night, and what the night said."""

    deleted: Holder
    swapped: tuple[Holder, Holder]
    moved: Holder
    unknown_msisdn: str
    unknown_regions: dict[str, int]
    report: NightlyReport


def hear_late_news(warehouse: Warehouse) -> LateNews:
    """Everything at once, then one night. It looks back no day: older days are made again because of the news only."""
    holders = [Holder(row["customer_id"], row["msisdn"]) for row in warehouse.rows(_CALLING_EVERY_EVENING)]
    deleted, one, other, moved = holders
    unknown_msisdn = warehouse.value(_CALLING_EVERY_EVENING_UNKNOWN)
    before = unknown_regions(warehouse)
    _change_towers(warehouse)
    _change_customers(warehouse, deleted, (one, other), moved, unknown_msisdn)
    warehouse.now = LATER
    warehouse.ingest()
    without_lookback = warehouse.settings.model_copy(update={"lookback_days": 0})
    report = dataclasses.replace(warehouse, settings=without_lookback).nightly()
    assert report.is_published, [result for result in report.results if result.blocks]
    return LateNews(deleted, (one, other), moved, unknown_msisdn, before, report)


def unknown_regions(warehouse: Warehouse) -> dict[str, int]:
    """Calls, messages and data sessions that gold has in no region."""
    (row,) = warehouse.rows(
        "select sum(call_count) as calls, sum(sms_count) as messages, sum(data_session_count) as sessions"
        " from gold.agg_subscriber_daily_usage where region = 'unknown'"
    )
    return {kind: count or 0 for kind, count in row.items()}


_CALLING_EVERY_EVENING = (
    "select f.customer_id, s.msisdn from gold.fact_calls f join silver.silver_calls s on s.event_id = f.call_id"
    " where f.customer_id <> 'unknown' group by 1, 2 having count(distinct f.event_date) = 3 order by 1 limit 4"
)
_CALLING_EVERY_EVENING_UNKNOWN = (
    "select min(msisdn) from (select s.msisdn from gold.fact_calls f join silver.silver_calls s on"
    " s.event_id = f.call_id where f.customer_id = 'unknown' group by 1 having count(distinct f.event_date) = 3)"
)


def _change_towers(warehouse: Warehouse) -> None:
    late, rebuilt = (
        next(tower for tower in network_towers(500) if tower.tower_id == wanted)
        for wanted in (LATE_TOWER, REBUILT_TOWER)
    )
    connection = warehouse.crm()
    write_towers(connection, [late], LATER - dt.timedelta(seconds=30))
    changed = rebuilt.model_copy(update={"region": NEW_REGION, "capacity_users": 1})
    assert write_towers(connection, [changed], REBUILT_AT).changed == 1
    connection.close()


def _change_customers(
    warehouse: Warehouse, deleted: Holder, swapped: tuple[Holder, Holder], moved: Holder, unknown_msisdn: str
) -> None:
    one, other = swapped
    warehouse.change_crm(
        f"delete from crm.customers where customer_id = '{deleted.customer_id}'",
        _customer(NEW_OWNER, deleted.msisdn, CHANGED_HANDS_AT),
        # Joined before all events; the CRM's operator typed the number as it is dialled.
        _customer(NEWCOMER, f"({unknown_msisdn[1:4]}) {unknown_msisdn[4:7]}-{unknown_msisdn[7:]}", MOVED_AT),
        _number(one.customer_id, "swapping"),
        _number(other.customer_id, one.msisdn),
        _number(one.customer_id, other.msisdn),
        f"update crm.customers set city = '{NEW_CITY}', updated_at = '{MOVED_AT}'"
        f" where customer_id = '{moved.customer_id}'",
    )


def _customer(customer_id: str, msisdn: str, since: dt.datetime) -> str:
    return (
        "insert into crm.customers values"
        f" ('{customer_id}', 'Nia Osei', '{customer_id}@example.com', '{msisdn}', '1 Elm Street', 'Dallas', 'texas',"
        f" '75001', 1990, 'consumer', '{since}', '{since}')"
    )


def _number(customer_id: str, msisdn: str) -> str:
    return (
        f"update crm.customers set msisdn = '{msisdn}', updated_at = '{CHANGED_HANDS_AT}'"
        f" where customer_id = '{customer_id}'"
    )
