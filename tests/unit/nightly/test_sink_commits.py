"""Which commits of the sink a gate counts: those that the audited snapshot came of."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest
from nightly_runs import RUN
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog

from contracts.sink_progress import DEAD_LETTERS, OFFSETS, WITHOUT_RECORD
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.reading.sink_commits import read_completeness
from jobs.runtime.trino import TrinoSql

CALLS = ("bronze", "call_events")
ROW = pa.table({"event_id": ["a"]})


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = SqlCatalog("lake", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("bronze")
    catalog.create_table(CALLS, ROW.schema)
    yield catalog
    catalog.close()


def commit(catalog: Catalog, start: int, end: int) -> int:
    """A commit of one row, which says that it covers these offsets."""
    summary = {OFFSETS: f'{{"0":[{start},{end}]}}', DEAD_LETTERS: "0", WITHOUT_RECORD: "0"}
    catalog.load_table(CALLS).append(ROW, snapshot_properties=summary)
    return catalog.load_table(CALLS).metadata.current_snapshot_id or 0


def missing(catalog: Catalog, audited: int) -> list[float]:
    run = dataclasses.replace(RUN, inputs={CALLS: audited})
    return [
        reading.value
        for reading in read_completeness(Inspection(run, cast(TrinoSql, None), catalog, topics=("call_events",)))
    ]


def test_commits_up_to_the_audited_one_count(catalog: Catalog):
    first, second = commit(catalog, 0, 1), commit(catalog, 2, 3)
    assert missing(catalog, first) == [0, 0]
    assert missing(catalog, second) == [0, 1], "an offset between them is nowhere"


def test_a_commit_that_somebody_rolled_back_is_no_part_of_the_table(catalog: Catalog):
    sound = commit(catalog, 0, 1)
    commit(catalog, 1, 10)
    catalog.load_table(CALLS).manage_snapshots().rollback_to_snapshot(sound).commit()
    assert missing(catalog, commit(catalog, 1, 2)) == [0, 0]
