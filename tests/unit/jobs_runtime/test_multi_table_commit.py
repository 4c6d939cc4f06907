"""Changes of several tables as one act: with other writers, with a table that changed, with a process that dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.typedef import Identifier

from jobs.runtime import multi_table_commit
from jobs.runtime.commit_errors import ChangedMeanwhileError, ContestedCommitError
from jobs.runtime.fail_points import ENVIRONMENT_VARIABLE
from jobs.runtime.multi_table_commit import AFTER_ACT, BEFORE_ACT
from jobs.runtime.staged_tables import StagedTables

LEFT, RIGHT = ("gold", "left"), ("gold", "right")
BOTH = (LEFT, RIGHT)
SCHEMA = pa.schema([("number", pa.int64())])
TAG = "published"
# Appends a row to both tables as one act.
APPEND_TO_BOTH = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_multi_table_commit import BOTH, append, open_lake
from jobs.runtime.staged_tables import StagedTables
staged = StagedTables(open_lake(Path(sys.argv[1])))
for name in BOTH:
    append(staged.load(name), 2)
staged.commit()
"""


def open_lake(folder: Path) -> SqlCatalog:
    return SqlCatalog("lake", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}")


def append(table, number: int) -> None:
    table.append(pa.Table.from_pylist([{"number": number}], schema=SCHEMA))


def numbers(catalog: Catalog, name: Identifier) -> list[int]:
    return sorted(catalog.load_table(name).scan().to_arrow().column("number").to_pylist())


def snapshot(catalog: Catalog, name: Identifier) -> int:
    current = catalog.load_table(name).current_snapshot()
    assert current is not None
    return current.snapshot_id


def metadata_files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.metadata.json")}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = open_lake(tmp_path)
    catalog.create_namespace("gold")
    for name in BOTH:
        append(catalog.create_table(name, SCHEMA), 1)
    yield catalog
    catalog.close()


@pytest.fixture
def at_each_attempt(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Lets a function run at the moment before each act."""

    def arrange(happen: Callable[[], None]) -> None:
        monkeypatch.setattr(multi_table_commit, "reach", lambda name: happen() if name == BEFORE_ACT else None)
        monkeypatch.setattr(multi_table_commit, "FIRST_WAIT_SECONDS", 0.0)

    return arrange


def test_nothing_is_visible_before_the_commit_and_all_of_it_after(catalog: Catalog):
    staged = StagedTables(catalog)
    for name in BOTH:
        append(staged.load(name), 2)
        with staged.load(name).manage_snapshots() as refs:
            refs.create_tag(staged.load(name).metadata.current_snapshot_id or 0, TAG)
    assert [numbers(catalog, name) for name in BOTH] == [[1], [1]]
    staged.commit()
    assert [numbers(catalog, name) for name in BOTH] == [[1, 2], [1, 2]]
    for name in BOTH:
        assert catalog.load_table(name).metadata.refs[TAG].snapshot_id == snapshot(catalog, name)


def test_a_writer_in_between_costs_another_attempt_and_loses_nothing(
    catalog: Catalog, tmp_path: Path, at_each_attempt: Callable[[Callable[[], None]], None]
):
    staged, others = StagedTables(catalog), iter([lambda: tag(RIGHT, "theirs")])

    def tag(name: Identifier, text: str) -> None:
        with catalog.load_table(name).manage_snapshots() as refs:
            refs.create_tag(snapshot(catalog, name), text)

    for name in BOTH:
        append(staged.load(name), 2)
    before = metadata_files(tmp_path)
    at_each_attempt(lambda: next(others, lambda: None)())
    staged.commit()
    assert [numbers(catalog, name) for name in BOTH] == [[1, 2], [1, 2]]
    assert "theirs" in catalog.load_table(RIGHT).metadata.refs
    # One of the other writer, one for each table; those of the attempt that failed are gone.
    assert len(metadata_files(tmp_path) - before) == 3


def test_writers_that_never_pause_are_named_and_nothing_is_committed(
    catalog: Catalog, at_each_attempt: Callable[[Callable[[], None]], None]
):
    staged, count = StagedTables(catalog), iter(range(100))

    def interfere() -> None:
        with catalog.load_table(RIGHT).transaction() as transaction:
            transaction.set_properties({"attempt": str(next(count))})

    for name in BOTH:
        append(staged.load(name), 2)
    at_each_attempt(interfere)
    with pytest.raises(ContestedCommitError, match=r"gold\.right"):
        staged.commit()
    assert [numbers(catalog, name) for name in BOTH] == [[1], [1]]
    assert next(count) == multi_table_commit.ATTEMPTS


def test_rows_that_somebody_added_meanwhile_refuse_the_whole(
    catalog: Catalog, at_each_attempt: Callable[[Callable[[], None]], None]
):
    staged, others = StagedTables(catalog), iter([lambda: append(catalog.load_table(RIGHT), 9)])
    for name in BOTH:
        append(staged.load(name), 2)
    at_each_attempt(lambda: next(others, lambda: None)())
    with pytest.raises(ChangedMeanwhileError, match=r"gold\.right"):
        staged.commit()
    assert [numbers(catalog, name) for name in BOTH] == [[1], [1, 9]]


def test_a_table_of_which_only_something_is_required_is_checked_and_left_alone(catalog: Catalog, tmp_path: Path):
    known, before = snapshot(catalog, RIGHT), metadata_files(tmp_path)
    staged = StagedTables(catalog)
    append(staged.load(LEFT), 2)
    staged.require_snapshot(RIGHT, known)
    staged.commit()
    assert len(metadata_files(tmp_path) - before) == 1
    append(catalog.load_table(RIGHT), 3)
    late = StagedTables(catalog)
    append(late.load(LEFT), 4)
    late.require_snapshot(RIGHT, known)
    with pytest.raises(ChangedMeanwhileError, match=r"gold\.right"):
        late.commit()
    assert numbers(catalog, LEFT) == [1, 2]


@pytest.mark.parametrize(("place", "expected"), [(BEFORE_ACT, [1]), (AFTER_ACT, [1, 2])])
def test_a_process_that_is_killed_has_done_all_or_nothing(
    catalog: Catalog, tmp_path: Path, place: str, expected: list[int]
):
    argv = [sys.executable, "-c", APPEND_TO_BOTH, str(tmp_path), str(Path(__file__).parent)]
    environ = {**os.environ, ENVIRONMENT_VARIABLE: place, "PYTHONPATH": str(Path.cwd())}
    assert subprocess.run(argv, env=environ, check=False).returncode == -signal.SIGKILL
    assert [numbers(catalog, name) for name in BOTH] == [expected, expected]
    staged = StagedTables(catalog)
    append(staged.load(LEFT), 3)
    staged.commit()
    assert numbers(catalog, LEFT) == [*expected, 3]
