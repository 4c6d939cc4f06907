"""The CRM extract when things go wrong: killed runs, two runs at once, a source whose tables have changed."""

import datetime as dt
from pathlib import Path

import pytest
from crm_extract import START, Extract

from jobs.crm_batch_ingestor.bronze import BronzeLog, OvertakenRunError
from jobs.crm_batch_ingestor.fail_points import AFTER_COMMIT, AFTER_FILE_WRITE
from jobs.crm_batch_ingestor.ingest import ingest_table
from jobs.crm_batch_ingestor.source import OtherRunError, source_snapshot
from jobs.crm_batch_ingestor.source_schema import SourceSchemaError
from jobs.crm_batch_ingestor.versions import Batch

pytestmark = pytest.mark.engine
MINUTE = dt.timedelta(minutes=1)
CUSTOMER = "CUST-00000001"


@pytest.mark.parametrize(
    ("fail_point", "tables_with_rows"),
    [(AFTER_FILE_WRITE, 0), (f"{AFTER_COMMIT}:3", 3)],
    ids=["files written, nothing committed", "three tables committed"],
)
def test_a_killed_run_leaves_whole_tables_and_the_next_one_brings_the_rest_once(
    empty_extract: Extract, tmp_path: Path, fail_point: str, tables_with_rows: int
) -> None:
    extract = empty_extract
    extract.fill()
    killed = extract.run_as_process(tmp_path, fail_point)
    assert killed.returncode == -9, killed.stderr
    assert sum(bool(extract.log(table.name)) for table in extract.tables) == tables_with_rows
    finished = extract.run_as_process(tmp_path)
    assert finished.returncode == 0, finished.stderr
    extract.assert_bronze_is_the_source()
    for table in extract.tables_present():
        assert len(extract.log(table.name)) == len(extract.in_source(table)) > 0


def test_a_new_column_is_reported_and_harms_nothing(extract: Extract) -> None:
    extract.change("alter table crm.customers add column loyalty_points int not null default 7")
    assert extract.checked().unknown_columns == {"crm.customers": ("loyalty_points",)}
    assert extract.run()["crm_customers"].changed == 0
    extract.change(f"update crm.customers set city = 'Newville' where customer_id = '{CUSTOMER}'")
    assert extract.run()["crm_customers"].changed == 1


def test_a_missing_table_and_missing_or_retyped_columns_are_named_before_anything_is_read(
    whole_extract: Extract, tmp_path: Path
) -> None:
    before = whole_extract.snapshots()
    whole_extract.change(
        "alter table billing.payments rename to payments_of_old",
        "alter table crm.customers rename column city to town",
        "alter table crm.accounts alter column opened_at type timestamp",
        f"update crm.accounts set plan_id = plan_id, status = 'frozen' where customer_id = '{CUSTOMER}'",
    )
    with pytest.raises(SourceSchemaError) as refused:
        whole_extract.checked()
    for problem in (
        "table billing.payments does not exist or cannot be read",
        "column crm.customers.city does not exist",
        "column crm.accounts.opened_at is timestamp without time zone, not timestamp with time zone",
    ):
        assert problem in str(refused.value)
    ended = whole_extract.run_as_process(tmp_path)
    assert ended.returncode == 1
    assert "SourceSchemaError" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert whole_extract.snapshots() == before
    whole_extract.change(
        "alter table billing.payments_of_old rename to payments",
        "alter table crm.customers rename column town to city",
        "alter table crm.accounts alter column opened_at type timestamptz",
    )


def test_a_table_that_was_emptied_becomes_tombstones(whole_extract: Extract) -> None:
    held = len(whole_extract.in_source(whole_extract.table("payments")))
    whole_extract.change("truncate billing.payments")
    assert whole_extract.run()["payments"].deleted == held > 0
    whole_extract.assert_bronze_is_the_source()


def test_a_source_without_a_row_is_no_error(empty_extract: Extract) -> None:
    assert {done.changed + done.deleted for done in empty_extract.run().values()} == {0}
    assert empty_extract.snapshots() == [None] * len(list(empty_extract.tables_present()))


def test_of_two_runs_at_the_same_time_the_second_is_refused(extract: Extract) -> None:
    first = extract.connect()
    with source_snapshot(first, extract.namespace), pytest.raises(OtherRunError, match="another run"):
        extract.run()
    first.close()


def test_a_table_that_somebody_else_changes_meanwhile_is_left_to_the_next_run(extract: Extract) -> None:
    extract.change(f"update crm.customers set city = 'Raceville' where customer_id = '{CUSTOMER}'")
    table = extract.table("crm_customers")
    connection = extract.connect()
    with source_snapshot(connection, extract.namespace) as source:
        overtaken = BronzeLog(extract.catalog, table)
        winner = BronzeLog(extract.catalog, table)
        ingest_table(source, winner, table, Batch("winner", START + MINUTE))
        with pytest.raises(OvertakenRunError, match="crm_customers"):
            ingest_table(source, overtaken, table, Batch("loser", START + 2 * MINUTE))
    connection.close()
    assert [row["_batch_id"] for row in extract.entries("crm_customers", CUSTOMER)] == ["0", "winner"]
