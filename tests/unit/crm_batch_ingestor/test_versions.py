import datetime as dt

import pyarrow as pa

from contracts.batch_tables import CRM_PLANS
from jobs.crm_batch_ingestor.versions import Batch, effective_at, tombstones

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TIMES = pa.timestamp("us", tz="UTC")


def since(updated_at: dt.datetime | None, held_since: dt.datetime | None) -> dt.datetime | None:
    stamps = pa.chunked_array([pa.array([updated_at], TIMES)])
    (moment,) = effective_at(stamps, pa.array([held_since], TIMES), AT).to_pylist()
    return moment


def test_a_version_holds_since_its_stamp_if_that_can_be():
    assert since(AT - HOUR, None) == AT - HOUR
    assert since(AT - HOUR, AT - 2 * HOUR) == AT - HOUR


def test_a_stamp_of_the_future_of_before_the_former_version_or_none_counts_from_the_run():
    assert since(AT + HOUR, None) == AT
    assert since(AT - 2 * HOUR, AT - HOUR) == AT
    assert since(AT - HOUR, AT - HOUR) == AT
    assert since(None, AT - HOUR) == AT


def test_a_tombstone_holds_the_key_and_nothing_else_of_the_source():
    (row,) = tombstones(CRM_PLANS, pa.array(["PLAN-S"]), Batch("batch", AT)).to_pylist()
    assert row["plan_id"] == "PLAN-S"
    assert row["_source_deleted"] is True
    assert row["plan_name"] is None
    assert row["_row_digest"] is None
    assert row["_effective_at"] == AT


def test_a_run_is_later_than_every_run_before_it():
    batch = Batch("batch", AT)
    assert batch.after(None) == batch.after(AT - HOUR) == batch
    assert batch.after(AT + HOUR).at > AT + HOUR
