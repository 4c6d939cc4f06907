import datetime as dt
from collections.abc import Sequence

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.crm_batch_ingestor.comparison import DIGESTS, ENTRIES, AmbiguousRows, Comparison, open_comparison

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
Entry = tuple[str, str | None, int]


def digests(rows: Sequence[tuple[str | None, str]]) -> list[pa.RecordBatch]:
    return [pa.record_batch([[key] for key in row], schema=DIGESTS) for row in rows]


def entries(log: list[Entry], unreadable: str | None = None) -> list[pa.RecordBatch]:
    """`(key, digest, hour)`; without a digest it is a tombstone."""
    return [
        pa.record_batch(
            [[key], [digest], [unreadable], [digest is None], [AT + HOUR * (hour - 1)], [AT + HOUR * hour]],
            schema=ENTRIES,
        )
        for key, digest, hour in log
    ]


def changed(comparison: Comparison) -> list[str]:
    return [key for batch in comparison.changed() for key in batch.column("key").to_pylist()]


def gone(comparison: Comparison) -> list[str]:
    return [key for batch in comparison.gone() for key in batch.column("key").to_pylist()]


def test_new_changed_and_returned_rows_differ_and_equal_ones_do_not():
    source = [("new", "1"), ("changed", "2"), ("back", "1"), ("same", "1")]
    log: list[Entry] = [("changed", "1", 0), ("back", "1", 0), ("back", None, 1), ("same", "9", 0), ("same", "1", 1)]
    with open_comparison() as comparison:
        comparison.load(digests(source), entries(log))
        assert changed(comparison) == ["back", "changed", "new"]
        assert gone(comparison) == []


def test_a_row_that_went_back_to_an_earlier_version_differs():
    with open_comparison() as comparison:
        comparison.load(digests([("a", "1")]), entries([("a", "1", 0), ("a", "2", 1)]))
        assert changed(comparison) == ["a"]


def test_keys_that_the_source_no_longer_has_are_gone_once():
    with open_comparison() as comparison:
        comparison.load([], entries([("gone", "1", 0), ("buried", "1", 0), ("buried", None, 1)]))
        assert gone(comparison) == ["gone"]


def test_an_entry_from_before_there_were_digests_is_read_again():
    old = pa.record_batch([["a"], [None], [None], [False], [None], [AT]], schema=ENTRIES)
    with open_comparison() as comparison:
        comparison.load(digests([("a", "1")]), [old])
        assert changed(comparison) == ["a"]


def test_the_version_before_tells_since_when_it_holds():
    with open_comparison() as comparison:
        comparison.load(digests([("a", "2")]), entries([("a", "1", 3)]))
        (batch,) = comparison.changed()
        assert batch.column("held_since").to_pylist() == [AT + 2 * HOUR]
        assert comparison.newest_run() == AT + 3 * HOUR


def test_rows_without_a_key_of_their_own_are_left_out_and_stop_no_others():
    with open_comparison() as comparison:
        rows = [("twins", "1"), ("twins", "2"), (None, "3"), (None, "4"), (None, "5"), ("new", "6")]
        comparison.load(digests(rows), entries([("twins", "9", 0), ("gone", "1", 0)]))
        assert changed(comparison) == ["new"]
        assert gone(comparison) == ["gone"]
        assert comparison.ambiguous() == AmbiguousRows(without_key=3, with_shared_key=2, shared_keys=("twins",))
        assert comparison.rows_compared() == 1


def test_rows_that_stay_as_they_are_stay_unreadable_and_others_do_not_count():
    log = [*entries([("same", "1", 0), ("changed", "1", 0), ("gone", "1", 0)], '{"total_usd": "NaN"}')]
    log += entries([("sound", "1", 0)])
    with open_comparison() as comparison:
        comparison.load(digests([("same", "1"), ("changed", "2"), ("sound", "1")]), log)
        assert comparison.still_unreadable() == {"total_usd": 1}


KEYS = st.sampled_from("abcd")
DIGEST = st.sampled_from("123")


# Each example opens a database on disk.
@settings(deadline=None, max_examples=25)
@given(st.dictionaries(KEYS, DIGEST), st.lists(st.tuples(KEYS, st.none() | DIGEST), max_size=12))
def test_what_differs_brings_any_log_to_the_source(source: dict[str, str], history: list[tuple[str, str | None]]):
    log: list[Entry] = [(key, digest, hour) for hour, (key, digest) in enumerate(history)]
    newest = dict(history)
    with open_comparison() as comparison:
        comparison.load(digests(list(source.items())), entries(log))
        newest |= {key: source[key] for key in changed(comparison)} | dict.fromkeys(gone(comparison))
    assert {key: digest for key, digest in newest.items() if digest is not None} == source
