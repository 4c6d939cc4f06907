"""What a change of the CRM that arrives late makes again: months that ended without any usage since the change,
and days with events of numbers that have few digits; and what another country makes again.

It comes after all nights by name, as the file before it does.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from test_which_rows_tables_keep import DAY_AFTER, MODELS_OF_CALLS, NOON_AFTER, ONE_HOUR, Lab
from warehouse import Warehouse

from contracts.calendar import Calendar
from jobs.nightly.audited_run import TableName
from jobs.nightly.calendar_variables import calendar_variables
from jobs.nightly.restated_days import restated_months, with_restated
from jobs.nightly.run_plan import snapshots_of

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
OCTOBER = dt.date(2026, 10, 1)
SUMMARY = "agg_customer_monthly_summary"
MODELS_OF_CUSTOMERS = (
    "bronze_crm_accounts",
    "bronze_crm_customers",
    "silver_customers",
    "dim_customers",
    "dim_number_owners",
)
# One that nothing has happened to since before October.
SETTLED = (
    "select customer_id, max(msisdn) as msisdn from silver.silver_customers group by 1 having"
    f" max(changed_at) < timestamp '{OCTOBER} 00:00:00 UTC' and count(distinct msisdn) = 1"
    " and bool_and(not is_deleted and account_status = 'active' and account_id is not null) order by 1 limit 1"
)
SHORT_NUMBER, WITH_COUNTRY_CODE = "(0)312 12", "37631212"


@dataclass(frozen=True)
class LateCrm:
    """A customer with a call early in October, and their CRM, which can hand over changes."""

    lab: Lab
    customer_id: str

    @property
    def inputs(self) -> dict[TableName, int]:
        return snapshots_of(self.lab.warehouse.catalog, "bronze")

    def hear(self, *statements: str) -> dt.datetime:
        """Change the CRM and ingest it; returns the moment since which what is new has arrived."""
        warehouse = self.lab.warehouse
        warehouse.change_crm(*statements)
        warehouse.now += ONE_HOUR
        warehouse.ingest()
        return warehouse.now

    def days(self, since: dt.datetime) -> tuple[dt.date, ...]:
        """Event days to make again."""
        warehouse = self.lab.warehouse
        return with_restated(warehouse.sql, self.inputs, snapshots_of(warehouse.catalog, "silver"), since, ())

    def months(self, since: dt.datetime, *gold: TableName) -> tuple[dt.date, ...]:
        """Months to sum up again."""
        return restated_months(self.lab.warehouse.sql, self.inputs, gold or [("gold", SUMMARY)], since, "UTC")

    def status_in_october(self) -> str:
        """The account's status at the end of October, as the summary has it."""
        found = self.lab.warehouse.value(
            f"select account_status from gold.{SUMMARY} where customer_id = '{self.customer_id}'"
            f" and month_start = date '{OCTOBER}'"
        )
        return str(found)


@pytest.fixture(scope="module")
def late_crm(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LateCrm]:
    (settled,) = warehouse.rows(SETTLED)
    lab, now = Lab(warehouse, tmp_path_factory.mktemp("late")), warehouse.now
    lab.arrive("early in October", NOON_AFTER, msisdn=settled["msisdn"])
    lab.arrive("of few digits", NOON_AFTER, msisdn=WITH_COUNTRY_CODE)
    crm = LateCrm(lab, settled["customer_id"])
    crm.hear()
    lab.run((*MODELS_OF_CALLS, *MODELS_OF_CUSTOMERS, "agg_subscriber_daily_usage", SUMMARY), [DAY_AFTER])
    yield crm
    warehouse.now = now


def test_what_a_customer_was_at_the_end_of_a_month_is_restated_without_any_usage_since_the_change(
    late_crm: LateCrm,
) -> None:
    assert late_crm.status_in_october() == "active"
    since = late_crm.hear(
        "update crm.accounts set status = 'frozen', updated_at = '2026-10-20 09:00:00+00'"
        f" where customer_id = '{late_crm.customer_id}'"
    )
    assert DAY_AFTER not in late_crm.days(since)
    assert OCTOBER in late_crm.months(since)
    late_crm.lab.run((*MODELS_OF_CUSTOMERS, SUMMARY), gold_months=[str(OCTOBER)])
    assert late_crm.status_in_october() == "frozen"


def test_a_month_that_ended_before_the_change_stays_as_it_was(late_crm: LateCrm) -> None:
    since = late_crm.hear(
        "update crm.accounts set status = 'active', updated_at = '2026-11-10 09:00:00+00'"
        f" where customer_id = '{late_crm.customer_id}'"
    )
    assert OCTOBER not in late_crm.months(since)
    assert late_crm.months(since, ("gold", "dim_customers")) == ()


def test_days_of_a_number_with_few_digits_are_restated(late_crm: LateCrm) -> None:
    since = late_crm.hear(
        f"insert into crm.customers values ('CUST-SHORT', 'Nia Osei', 'nia@example.com', '{SHORT_NUMBER}',"
        " '1 Elm Street', 'Dallas', 'texas', '75001', 1990, 'consumer', '2026-10-01', '2026-10-01')"
    )
    assert DAY_AFTER in late_crm.days(since)


def test_another_way_to_write_numbers_makes_numbers_and_tokens_of_customers_again_who_did_not_change(
    late_crm: LateCrm,
) -> None:
    """As it does after a change of the country, when silver makes whole tables."""
    short = "select msisdn, subscriber_token as token from silver.silver_customers where customer_id = 'CUST-SHORT'"
    late_crm.lab.run(MODELS_OF_CUSTOMERS)
    assert late_crm.lab.warehouse.rows(short) == [{"msisdn": None, "token": None}]
    late_crm.lab.run(MODELS_OF_CUSTOMERS, **calendar_variables(Calendar(country="DE")))
    (read,) = late_crm.lab.warehouse.rows(short)
    assert read["msisdn"] == "4931212"
    owner = f"select customer_id from gold.dim_number_owners where subscriber_token = '{read['token']}'"
    assert late_crm.lab.warehouse.rows(owner) == [{"customer_id": "CUST-SHORT"}]
