import datetime as dt

import pyarrow as pa
import pytest

from contracts.batch_tables import CRM_PLANS
from jobs.crm_batch_ingestor.progress import PROPERTY, Progress, ProgressDecodeError, progress_of
from jobs.crm_batch_ingestor.queries import Bounds, bounds_after
from jobs.crm_batch_ingestor.versions import Batch, existing_keys, missing_keys, tombstones

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
PROGRESS = Progress(source_id="db1", snapshot="10:12:11", watermark=AT)


def log_of(*entries: tuple[str, bool, int]) -> pa.Table:
    return pa.table(
        {
            "plan_id": [key for key, _, _ in entries],
            "_source_deleted": [deleted for _, deleted, _ in entries],
            "_bronze_ingested_at": [AT + HOUR * hour for _, _, hour in entries],
        }
    )


def test_progress_survives_the_table_property():
    assert progress_of(PROGRESS.encode()) == PROGRESS
    assert progress_of({}) is None


def test_a_damaged_property_is_named():
    with pytest.raises(ProgressDecodeError, match=PROPERTY):
        progress_of({PROPERTY: "{}"})


def test_a_first_run_and_another_database_read_everything():
    assert bounds_after(None, "db1", HOUR) is None
    assert bounds_after(PROGRESS, "restored-from-backup", HOUR) is None


def test_the_next_run_looks_back_by_the_overlap_for_late_commits():
    assert bounds_after(PROGRESS, "db1", HOUR) == Bounds("10:12:11", AT - HOUR)


def test_the_watermark_never_moves_back():
    assert PROGRESS.advanced(AT - HOUR).watermark == AT
    assert PROGRESS.advanced(None).watermark == AT
    assert PROGRESS.advanced(AT + HOUR).watermark == AT + HOUR


def test_a_key_that_came_back_after_its_tombstone_exists():
    log = log_of(("kept", False, 0), ("gone", False, 0), ("gone", True, 1), ("back", True, 1), ("back", False, 2))
    assert sorted(existing_keys(CRM_PLANS, log).to_pylist()) == ["back", "kept"]


def test_missing_keys_are_those_the_source_no_longer_has():
    assert missing_keys(pa.array(["a", "b"]), pa.array(["b", "c"])).to_pylist() == ["a"]
    assert missing_keys(pa.array([], pa.string()), pa.array(["b"])).to_pylist() == []


def test_a_tombstone_holds_the_key_and_nothing_else_of_the_source():
    (row,) = tombstones(CRM_PLANS, pa.array(["PLAN-S"]), Batch("batch", AT)).to_pylist()
    assert row["plan_id"] == "PLAN-S"
    assert row["_source_deleted"] is True
    assert row["plan_name"] is None
    assert row["_source_transaction"] is None
