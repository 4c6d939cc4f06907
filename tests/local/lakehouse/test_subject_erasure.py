"""A person is taken out of every layer, and a search of everything that is left finds nothing.

After the files that roll back, by its name: an erasure expires the snapshots that a rollback would go back to.
"""

import json
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pytest
from late_news import LateNews
from warehouse import RUN_DATE, Warehouse

from jobs.churn.crm import update_crm
from jobs.churn.scored import ScoredCustomers
from jobs.privacy.crm import ErasedCrmRows
from jobs.privacy.lookup import find_subject
from jobs.privacy.person import erase_person
from jobs.privacy.proof import search
from jobs.privacy.subject import NotASubjectError
from jobs.runtime.dialling import spelling_in

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def test_an_erased_person_is_in_no_table_snapshot_or_file(warehouse: Warehouse) -> None:
    # Somebody who calls and is called.
    msisdn = warehouse.value(
        "select msisdn from silver.silver_calls where msisdn in (select called_msisdn from silver.silver_calls)"
        " and subscriber_token in (select subscriber_token from gold.dim_number_owners group by 1 having count(*) = 1)"
        " group by msisdn order by count(*) desc, msisdn limit 1"
    )
    warehouse.nightly()
    revenue = warehouse.value("select sum(revenue_usd) from silver.silver_calls")
    theirs = warehouse.value(f"select sum(revenue_usd) from silver.silver_calls where msisdn = '{msisdn}'")
    subject = find_subject(warehouse.catalog, msisdn, spelling_in("US"))
    assert len(subject.customer_ids) == 1
    assert len(search(warehouse.catalog, subject.needles).files_with_matches) > 0

    freeze_account(warehouse, msisdn)
    score_customer(warehouse, *subject.customer_ids)
    erasure = erase_person(warehouse.erase_settings, warehouse.environ, msisdn)
    assert erasure.crm == ErasedCrmRows(customers=1, account_actions=1, churn_scores=1)
    done = {erased.table: erased for erased in erasure.tables}
    assert done["bronze.call_events"].deleted_rows > 0
    assert done["bronze.call_events"].redacted_rows > 0
    assert done["gold.dim_customers"].deleted_rows > 0

    assert done["bronze.account_actions"].deleted_rows == 1

    assert erasure.proof.files_searched > 50
    assert erasure.proof.files_with_matches == ()
    assert erasure.is_complete
    assert msisdn not in json.dumps(erasure.summary())
    # Calls of others that mention the person stay, so what others paid stays countable.
    assert warehouse.value("select sum(revenue_usd) from silver.silver_calls") == revenue - theirs
    assert warehouse.value("select count(*) from published.fact_calls") == warehouse.value(
        "select count(*) from gold.fact_calls"
    )
    # The views that the last run pinned to a snapshot, which the erasure expired.
    assert warehouse.value(f"select count(*) from bronze.bronze_call_events where msisdn = '{msisdn}'") == 0
    again = erase_person(warehouse.erase_settings, warehouse.environ, msisdn)
    assert {erased.deleted_rows + erased.redacted_rows for erased in again.tables} == {0}
    assert again.crm == ErasedCrmRows(0, 0, 0)


def test_who_had_the_number_before_keeps_what_was_theirs(warehouse: Warehouse, late_news: LateNews) -> None:
    former, number = late_news.deleted.customer_id, late_news.deleted.msisdn
    calls = f"select count(*) from silver.silver_calls where msisdn = '{number}'"
    theirs = warehouse.value(f"select count(*) from gold.fact_calls where customer_id = '{former}'")
    assert 0 < theirs < warehouse.value(calls)
    erasure = erase_person(warehouse.erase_settings, warehouse.environ, f"+1 {number[1:4]} {number[4:]}")
    assert erasure.crm.customers == 1
    assert erasure.is_complete
    assert warehouse.value(calls) == theirs
    assert warehouse.value(f"select count(*) from gold.fact_calls where customer_id = '{former}'") == theirs
    # The same command again does not go on to the owner before.
    with pytest.raises(NotASubjectError, match=former):
        erase_person(warehouse.erase_settings, warehouse.environ, number)


def freeze_account(warehouse: Warehouse, msisdn: str) -> None:
    """What the account freezer leaves of an alert: a row of its audit in the CRM, and one in bronze by Kafka."""
    schema = files("jobs.account_freezer").joinpath("schema.sql").read_text()
    action = (
        "insert into crm.account_actions (action_id, decided_at, action, reason, msisdn, actor)"
        f" values ('a1', now(), 'freeze', 'policy', '{msisdn}', 'account-freezer')"
    )
    warehouse.change_crm(schema, action)
    warehouse.sql.run(
        "insert into bronze.account_actions (event_id, event_time, schema_version, action, reason, msisdn, actor,"
        " _kafka_topic, _kafka_partition, _kafka_offset, _bronze_ingested_at) values ('a1', current_timestamp, 1,"
        f" 'freeze', 'policy', '{msisdn}', 'account-freezer', 'account_actions', 0, 0, current_timestamp)"
    )


def score_customer(warehouse: Warehouse, customer_id: str) -> None:
    """What the churn job gives back to the CRM, for somebody who consents to it."""
    warehouse.change_crm(f"update crm.consents set is_granted = true where customer_id = '{customer_id}'")
    scored = ScoredCustomers(RUN_DATE, pa.chunked_array([[customer_id]]), np.array([0.9]), 0.7)
    connection = warehouse.crm()
    assert update_crm(connection, scored) == 1
    connection.close()
