"""Who withdraws consent to profiling is gone from what readers see with the next ingest, whatever a rollback brings."""

import datetime as dt
from collections.abc import Iterator

import pytest
from engines import LakeEngine
from warehouse import Warehouse

from local.services.trino_logins import TrinoUser
from telecom.access.lake_access import LakeAccess
from telecom.access.query import ask
from telecom.batch.publish_rollback import roll_publication_back

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
READERS_VIEW = "published.customer_churn_features"
PUBLISHED_ROWS = "gold.customer_churn_features for version as of 'published'"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def withdrawn(warehouse: Warehouse) -> Iterator[str]:
    """A customer who is in the published features and has withdrawn since, as the last ingest found."""
    if not warehouse.published():
        assert warehouse.nightly().is_published
    customer = warehouse.value(f"select min(customer_id) as one from {READERS_VIEW}")
    assert customer
    decide(warehouse, customer, is_granted=False)
    yield customer
    decide(warehouse, customer, is_granted=True)


def decide(warehouse: Warehouse, customer: str, is_granted: bool) -> None:
    """The customer decides, and the CRM is ingested; no night follows."""
    warehouse.change_crm(
        f"update crm.consents set is_granted = {is_granted} where customer_id = '{customer}' and purpose = 'profiling'"
    )
    warehouse.now += MINUTE
    warehouse.ingest()


def rows_of(warehouse: Warehouse, customer: str, table: str) -> int:
    count: int = warehouse.value(f"select count(*) as n from {table} where customer_id = '{customer}'")
    return count


def test_a_withdrawal_takes_effect_before_the_next_night_and_survives_a_rollback(
    warehouse: Warehouse, lake: LakeEngine, withdrawn: str
) -> None:
    others = warehouse.value(f"select count(distinct customer_id) as n from {PUBLISHED_ROWS}") - 1
    assert rows_of(warehouse, withdrawn, PUBLISHED_ROWS) > 0
    assert rows_of(warehouse, withdrawn, READERS_VIEW) == 0
    seen = ask(lake.trino(TrinoUser.ANALYST), f"select count(distinct customer_id) from {READERS_VIEW}")
    assert seen.rows == [[others]]
    assert warehouse.nightly().is_published
    assert rows_of(warehouse, withdrawn, PUBLISHED_ROWS) == 0
    roll_publication_back(LakeAccess(warehouse.erase_settings, dict(warehouse.environ)))
    assert rows_of(warehouse, withdrawn, PUBLISHED_ROWS) > 0
    assert rows_of(warehouse, withdrawn, READERS_VIEW) == 0


def test_consent_that_is_given_again_shows_the_customer_again(warehouse: Warehouse, withdrawn: str) -> None:
    decide(warehouse, withdrawn, is_granted=True)
    assert rows_of(warehouse, withdrawn, READERS_VIEW) == rows_of(warehouse, withdrawn, PUBLISHED_ROWS)
