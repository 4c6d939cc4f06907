"""A person is taken out of every layer, and a search of everything that is left finds nothing.

The last file of this folder by name: an erasure expires the snapshots that a rollback would go back to.
"""

import pytest
from warehouse import Warehouse

from jobs.privacy.crm import delete_customer
from jobs.privacy.erase import erase, find_subject
from jobs.privacy.proof import search

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def test_an_erased_person_is_in_no_table_snapshot_or_file(warehouse: Warehouse) -> None:
    # Somebody who calls and is called.
    msisdn = warehouse.value(
        "select msisdn from silver.silver_calls where msisdn in (select called_msisdn from silver.silver_calls)"
        " group by msisdn order by count(*) desc, msisdn limit 1"
    )
    warehouse.nightly()
    revenue = warehouse.value("select sum(revenue_usd) from silver.silver_calls")
    theirs = warehouse.value(f"select sum(revenue_usd) from silver.silver_calls where msisdn = '{msisdn}'")
    subject = find_subject(warehouse.catalog, msisdn)
    assert len(subject.customer_ids) == 1
    assert len(search(warehouse.catalog, subject.needles).files_with_matches) > 0

    assert delete_customer(warehouse.crm(), msisdn) == 1
    done = {erased.table: erased for erased in erase(warehouse.catalog, warehouse.sql, subject)}
    assert done["bronze.call_events"].deleted_rows > 0
    assert done["bronze.call_events"].redacted_rows > 0
    assert done["gold.dim_customers"].deleted_rows > 0

    proof = search(warehouse.catalog, subject.needles)
    assert proof.files_searched > 50
    assert proof.files_with_matches == ()
    # Calls of others that mention the person stay, so what others paid stays countable.
    assert warehouse.value("select sum(revenue_usd) from silver.silver_calls") == revenue - theirs
    assert warehouse.value("select count(*) from published.fact_calls") == warehouse.value(
        "select count(*) from gold.fact_calls"
    )
    again = list(erase(warehouse.catalog, warehouse.sql, subject))
    assert {erased.deleted_rows + erased.redacted_rows for erased in again} == {0}
