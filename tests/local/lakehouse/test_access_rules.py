"""Who sees what, asked as each user."""

from collections.abc import Callable, Iterator

import pytest
from trino.exceptions import TrinoUserError
from warehouse import Warehouse

from contracts.batch_settings import TrinoConnection
from jobs.runtime.trino import TrinoSql

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
CUSTOMER = (
    "select full_name, email, msisdn, birth_year from silver.silver_customers where customer_id = 'CUST-00000030'"
)


@pytest.fixture
def asking_as(warehouse: Warehouse) -> Iterator[Callable[[str], TrinoSql]]:
    """Opens connections as other users."""
    opened: list[TrinoSql] = []

    def connect(user: str) -> TrinoSql:
        settings = warehouse.settings.trino
        opened.append(TrinoSql(TrinoConnection(host=settings.host, port=settings.port, username=user)))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def test_an_analyst_sees_masks_and_a_steward_sees_the_person(
    warehouse: Warehouse, asking_as: Callable[[str], TrinoSql]
) -> None:
    person = warehouse.rows(CUSTOMER)[0]
    masked = asking_as("analyst").rows(CUSTOMER)[0]
    assert masked["full_name"] == "***"
    assert masked["msisdn"] == "***" + person["msisdn"][-2:]
    assert masked["email"].startswith("***@")
    assert masked["birth_year"] % 10 == 0
    assert asking_as("steward").rows(CUSTOMER)[0] == person


@pytest.mark.parametrize("user", ["analyst", "steward"])
@pytest.mark.parametrize("table", ["bronze.call_events", "bronze.crm_customers", "vault.pii_keys"])
def test_raw_data_and_keys_are_closed(asking_as: Callable[[str], TrinoSql], user: str, table: str) -> None:
    with pytest.raises(TrinoUserError, match="Access Denied"):
        asking_as(user).rows(f"select * from {table} limit 1")


def test_published_numbers_are_open_and_cannot_be_changed(asking_as: Callable[[str], TrinoSql]) -> None:
    analyst = asking_as("analyst")
    assert analyst.rows("select count(*) as n from published.fact_calls")[0]["n"] > 0
    # A view of gold over raw data works, because it shows tokens and masks only.
    analyst.rows("select * from published.fraud_alerts_recent limit 1")
    with pytest.raises(TrinoUserError, match="Access Denied"):
        analyst.run("delete from gold.fact_calls where true")
