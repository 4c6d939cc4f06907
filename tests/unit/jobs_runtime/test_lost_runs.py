"""A run that others took for dead changes nothing more, and no run touches tables that it does not build."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyiceberg.catalog import Catalog
from test_unfinished_run import BUILDS, CALLS, FACTS, NEW, SCHEMA, append, half_a_night, numbers, open_lake

from jobs.runtime.commit_errors import ChangedMeanwhileError
from jobs.runtime.fail_points import ENVIRONMENT_VARIABLE
from jobs.runtime.lake_changes import AFTER_DROPS, changing_lake, put_back
from jobs.runtime.multi_table_commit import AFTER_ACT, BEFORE_ACT
from jobs.runtime.publication import forget
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.unfinished_run import (
    LostRunError,
    UnfinishedRun,
    begin_run,
    begin_showing,
    require_own_note,
    unfinished_run,
)

MINE, LATER = ("gold", "my_own_table"), ("gold", "made_meanwhile")
LEFTOVER = ("gold", f"{FACTS[1]}__dbt_tmp")
# A run that dies while its tables are put back.
PUT_BACK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_unfinished_run import BUILDS, half_a_night, open_lake
from jobs.runtime.lake_changes import put_back
from jobs.runtime.unfinished_run import begin_run
catalog = open_lake(Path(sys.argv[1]))
run = begin_run(catalog, "dies", BUILDS)
half_a_night(catalog)
put_back(catalog, run)
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = open_lake(tmp_path)
    for name in (CALLS, FACTS):
        catalog.create_namespace(name[0])
        append(catalog.create_table(name, SCHEMA), 1)
    yield catalog
    catalog.close()


def taken_for_dead(catalog: Catalog) -> UnfinishedRun:
    """A run that is half done when another job, which no lock keeps away, puts its tables back and is done itself."""
    run = begin_run(catalog, "slow", BUILDS)
    half_a_night(catalog)
    with changing_lake(catalog, "the next one"):
        healed = unfinished_run(catalog)
        assert healed is not None
        forget(catalog, healed)
    return run


def test_a_run_whose_tables_others_put_back_is_told_so_and_undoes_nothing_of_theirs(catalog: Catalog):
    run = taken_for_dead(catalog)
    append(catalog.load_table(FACTS), 7)
    append(catalog.create_table(NEW, SCHEMA), 8)
    with pytest.raises(LostRunError, match=r"took run slow for dead.*Run this again"):
        put_back(catalog, run)
    assert [numbers(catalog, name) for name in (CALLS, FACTS, NEW)] == [[1], [1, 7], [8]]


def test_a_run_that_finds_another_in_its_place_is_told_which(catalog: Catalog):
    run = taken_for_dead(catalog)
    begin_run(catalog, "quick", BUILDS)
    with pytest.raises(LostRunError, match=r"run quick has been at work since 20\d\d-"):
        require_own_note(StagedTables(catalog), run)
    forget(catalog, run)
    noted = unfinished_run(catalog)
    assert noted is not None
    assert noted.run_id == "quick"


def test_another_attempt_of_the_same_run_is_another_run(catalog: Catalog):
    run = taken_for_dead(catalog)
    begin_run(catalog, run.run_id, BUILDS)
    with pytest.raises(LostRunError):
        require_own_note(StagedTables(catalog), run)


@pytest.mark.parametrize(
    "begin", [lambda catalog: begin_run(catalog, "second", BUILDS), lambda catalog: begin_showing(catalog, "second")]
)
def test_of_two_runs_that_begin_only_one_is_noted(catalog: Catalog, begin):
    first = begin_run(catalog, "first", BUILDS)
    with pytest.raises(LostRunError, match="run first has been at work since"):
        begin(catalog)
    assert first.is_same_run(unfinished_run(catalog))


def test_a_note_that_is_lost_between_asking_and_acting_stops_the_act(catalog: Catalog):
    run = begin_run(catalog, "slow", BUILDS)
    staged = StagedTables(catalog)
    require_own_note(staged, run)
    append(staged.load(FACTS), 5)
    with changing_lake(catalog, "the next one"), pytest.raises(ChangedMeanwhileError, match="unfinished_run"):
        staged.commit()
    assert numbers(catalog, FACTS) == [1]


def test_tables_that_the_run_does_not_build_stay_as_others_made_them(catalog: Catalog):
    append(catalog.create_table(MINE, SCHEMA), 1)
    run = begin_run(catalog, "run", BUILDS)
    half_a_night(catalog)
    append(catalog.load_table(MINE), 2)
    for name in (LATER, LEFTOVER):
        append(catalog.create_table(name, SCHEMA), 3)
    put_back(catalog, run)
    assert [numbers(catalog, name) for name in (MINE, LATER)] == [[1, 2], [3]]
    assert not catalog.table_exists(NEW)
    assert not catalog.table_exists(LEFTOVER), "what dbt left of a table of the run is the run's, too"


@pytest.mark.parametrize("place", [AFTER_DROPS, f"{BEFORE_ACT}:2", f"{AFTER_ACT}:2"])
def test_whoever_dies_while_tables_are_put_back_leaves_the_rest_to_the_next_one(
    catalog: Catalog, tmp_path: Path, place: str
):
    argv = [sys.executable, "-c", PUT_BACK, str(tmp_path), str(Path(__file__).parent)]
    environ = {**os.environ, ENVIRONMENT_VARIABLE: place, "PYTHONPATH": str(Path.cwd())}
    assert subprocess.run(argv, env=environ, check=False).returncode == -signal.SIGKILL
    is_done = place.startswith(AFTER_ACT)
    assert (unfinished_run(catalog) is None) == is_done
    assert numbers(catalog, FACTS) == ([1] if is_done else [1, 3])
    assert not catalog.table_exists(NEW)
    with changing_lake(catalog, "the next one") as lake:
        assert lake.has_loose_views != is_done
    assert [numbers(catalog, name) for name in (CALLS, FACTS)] == [[1], [1]]
