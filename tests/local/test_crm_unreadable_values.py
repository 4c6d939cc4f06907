"""Values of the CRM that the contract has no place for: held back and told, and they stop nothing else."""

import json
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest
from crm_extract import Extract
from engines import LakeEngine
from pyiceberg.catalog import Catalog

from contracts.batch_tables import HELD_BACK, ROWS_COMPARED, BatchTable
from jobs.crm_batch_ingestor.source import UnknownEncodingError, source_snapshot
from local.state.passwords import password

pytestmark = pytest.mark.engine
INVOICE = "insert into billing.invoices values ('{}', 'A', 'C', now(), now(), {}, {}, 'open', '2026-11-01')"
SOUND_DAY = "'2026-11-01'"


def noted(catalog: Catalog, table: BatchTable) -> tuple[int, dict[str, int]]:
    properties = catalog.load_table(table.identifier).properties
    return int(properties[ROWS_COMPARED]), json.loads(properties[HELD_BACK])


@pytest.fixture
def invoices(empty_extract: Extract) -> Extract:
    """Invoices of a billing system with wider types than the contract has."""
    extract = empty_extract.only("invoices", "payments")
    extract.change("alter table billing.invoices alter column total_usd type numeric")
    return extract


# Total and due date as SQL has them, and what of them cannot be read.
OUTSIDE = {
    "not-a-number": ("'NaN'", SOUND_DAY, {"total_usd": "NaN"}),
    "infinite": ("'-Infinity'", SOUND_DAY, {"total_usd": "-Infinity"}),
    "too-large": ("100000000", SOUND_DAY, {"total_usd": "100000000"}),
    "too-fine": ("1.23456", SOUND_DAY, {"total_usd": "1.23456"}),
    "endless": ("1", "'infinity'", {"due_at": "infinity"}),
    "long-ago": ("1", "'0044-03-15 BC'", {"due_at": "0044-03-15 00:00:00+00 BC"}),
    "far-away": ("1", "'20260-11-01'", {"due_at": "20260-11-01 00:00:00+00"}),
    "both": ("'NaN'", "'-infinity'", {"total_usd": "NaN", "due_at": "-infinity"}),
}
HELD_BACK_COLUMNS = {"total_usd": 5, "due_at": 4}


def test_values_outside_the_contract_are_kept_as_text_and_stop_nothing(invoices: Extract) -> None:
    invoices.change(
        *(INVOICE.format(name, due_at, total) for name, (total, due_at, _) in OUTSIDE.items()),
        INVOICE.format("sound", SOUND_DAY, "99999999.99990000"),
        "insert into billing.payments values ('P', 'endless', 1, 'card', now(), now())",
    )
    done = invoices.run()
    assert done["invoices"].held_back == HELD_BACK_COLUMNS
    assert (done["invoices"].changed, done["payments"].changed) == (len(OUTSIDE) + 1, 1)
    for name, (_, _, unreadable) in OUTSIDE.items():
        (bad,) = invoices.entries("invoices", name)
        assert json.loads(bad["_unreadable_values"]) == unreadable
        assert {bad[column] for column in unreadable} == {None}
    (sound,) = invoices.entries("invoices", "sound")
    assert (sound["total_usd"], sound["_unreadable_values"]) == (Decimal("99999999.9999"), None)


def test_they_are_told_at_each_run_until_they_are_corrected(invoices: Extract) -> None:
    invoices.change(*(INVOICE.format(name, due_at, total) for name, (total, due_at, _) in OUTSIDE.items()))
    invoices.run()
    assert invoices.run()["invoices"].changed == 0
    assert noted(invoices.catalog, invoices.table("invoices")) == (len(OUTSIDE), HELD_BACK_COLUMNS)
    invoices.change(f"update billing.invoices set total_usd = 2, due_at = {SOUND_DAY}")
    assert invoices.run()["invoices"].held_back == {}
    assert noted(invoices.catalog, invoices.table("invoices")) == (len(OUTSIDE), {})
    assert invoices.entries("invoices", "both")[-1]["_unreadable_values"] is None
    invoices.assert_bronze_is_the_source()


def test_a_run_names_table_column_and_key_and_ends_well(invoices: Extract, tmp_path: Path) -> None:
    invoices.change(INVOICE.format("I-bad", SOUND_DAY, "'NaN'"))
    ended = invoices.run_as_process(tmp_path)
    assert ended.returncode == 0, ended.stderr
    told = ended.stdout + ended.stderr
    assert "values_outside_contract" in told
    for named in ("invoices", "total_usd", "I-bad"):
        assert named in told


def test_positions_that_are_no_numbers_are_held_back(empty_extract: Extract) -> None:
    extract = empty_extract.only("network_towers")
    extract.fill()
    extract.change(
        "alter table network.towers drop constraint towers_latitude_check, drop constraint towers_longitude_check",
        "update network.towers set latitude = 'NaN', longitude = '-Infinity' where tower_id = 'TWR-00001'",
    )
    assert extract.run()["network_towers"].held_back == {"latitude": 1, "longitude": 1}
    (tower,) = extract.entries("network_towers", "TWR-00001")
    assert (tower["latitude"], tower["longitude"]) == (None, None)
    assert json.loads(tower["_unreadable_values"]) == {"latitude": "NaN", "longitude": "-Infinity"}


def test_rows_without_a_key_of_their_own_are_told_and_stop_no_others(empty_extract: Extract) -> None:
    extract = empty_extract.only("crm_plans", "crm_consents")
    extract.change("insert into crm.plans values ('PLAN-S', 'Starter', 15, 200, 3, '2026-01-01')")
    extract.run()
    extract.change(
        "alter table crm.plans drop constraint plans_pkey cascade",
        "alter table crm.plans alter column plan_id drop not null",
        "insert into crm.plans values ('PLAN-S', 'Another', 16, 200, 3, '2026-01-01')",
        "insert into crm.plans values (null, 'Nameless', 16, 200, 3, '2026-01-01')",
        "insert into crm.plans values ('PLAN-M', 'Medium', 25, 500, 9, '2026-01-01')",
    )
    done = extract.run()["crm_plans"]
    assert (done.changed, done.deleted, done.held_back) == (1, 0, {"no_key": 1, "shared_key": 2})
    assert [row["plan_name"] for row in extract.entries("crm_plans", "PLAN-S")] == ["Starter"]
    assert noted(extract.catalog, extract.table("crm_plans")) == (4, {"no_key": 1, "shared_key": 2})
    extract.change("delete from crm.plans where plan_name <> 'Another' and plan_name <> 'Medium'")
    assert extract.run()["crm_plans"].held_back == {}
    extract.assert_bronze_is_the_source()


def test_what_a_value_means_is_not_the_ingestors_to_judge(extract: Extract) -> None:
    """Nulls that the source should not have, and words that nobody knows, arrive as they are."""
    extract.change(
        "alter table crm.customers alter column created_at drop not null, alter column full_name drop not null",
        "update crm.customers set created_at = null, full_name = null, segment = 'aliens',"
        " city = repeat('long', 600000) where customer_id = 'CUST-00000001'",
    )
    done = extract.run()["crm_customers"]
    assert (done.changed, done.held_back) == (1, {})
    extract.assert_bronze_is_the_source()


def test_texts_arrive_whatever_encoding_the_client_is_set_up_for(
    empty_extract: Extract, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = empty_extract.only("crm_plans")
    extract.change("insert into crm.plans values ('PLAN-Å', 'Zoë', 1, 1, 1, now())")
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    extract.run()
    assert extract.entries("crm_plans", "PLAN-Å")[0]["plan_name"] == "Zoë"


def test_a_database_that_does_not_know_its_encoding_is_refused(lake: LakeEngine, unique_name: str) -> None:
    machine = lake.cluster.machine
    server = {
        "host": "127.0.0.1",
        "port": lake.cluster.services.postgres.port(machine),
        "user": "postgres",
        "password": password(machine.state, "postgres-superuser"),
    }
    with closing(psycopg2.connect(dbname="postgres", **server)) as owner, owner.cursor() as cursor:
        owner.autocommit = True
        cursor.execute(f"create database {unique_name} encoding 'SQL_ASCII' locale 'C' template template0")
    with (
        closing(psycopg2.connect(dbname=unique_name, **server)) as connection,
        pytest.raises(UnknownEncodingError, match="SQL_ASCII"),
        source_snapshot(connection, unique_name),
    ):
        pass
