"""Publish, refuse and go back over a catalog on disk: what is committed together, and when views change."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.types import LongType

from jobs.nightly.audited_run import AuditedRun
from jobs.nightly.dbt.node_failures import NodeFailure
from jobs.nightly.failed_build import as_results
from jobs.nightly.publish.history import Action
from jobs.nightly.publish.publish import publish, refuse, roll_back
from jobs.nightly.publish.records import all_records
from jobs.nightly.silver_build import SilverBuild, last_build
from jobs.runtime.commit_errors import ChangedMeanwhileError
from jobs.runtime.lake_changes import changing_lake
from jobs.runtime.publication import AFTER_NARROW_VIEWS, mend_views
from jobs.runtime.published_tags import published_tables, tagged
from jobs.runtime.trino import TrinoSql
from jobs.runtime.unfinished_run import LostRunError, Phase, begin_run, unfinished_run

CALLS, FACTS, PLANS = ("silver", "silver_calls"), ("gold", "fact_calls"), ("gold", "dim_plans")
SCHEMA = pa.schema([("number", pa.int64())])
DAY, NOW = dt.date(2026, 11, 20), dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


@dataclass
class Views:
    """In place of an engine: the views that statements make, and what was published at that moment."""

    lake: Catalog
    catalog: str = "iceberg"
    columns: dict[str, list[str]] = field(default_factory=dict)
    before_answer: Callable[[], None] = lambda: None
    steps: list[tuple[str, tuple[str, ...], int | None]] = field(default_factory=list)

    def rows(self, _: str) -> list[dict[str, Any]]:
        self.before_answer()
        return [{"table_name": name} for name in self.columns]

    def run(self, statement: str) -> None:
        if found := re.search(r"drop view if exists \w+\.published\.(\w+)", statement):
            self.columns.pop(found[1], None)
        if found := re.search(r"view \w+\.published\.(\w+) security definer as select (.*) from", statement):
            self.columns[found[1]] = re.findall(r'"(\w+)"', found[2])
            self.steps.append((found[1], tuple(self.columns[found[1]]), shown(self.lake).get(found[1])))


def shown(catalog: Catalog) -> dict[str, int | None]:
    return {name: tagged(table) for name, table in published_tables(catalog).items()}


def numbers(catalog: Catalog, name: tuple[str, str]) -> list[int]:
    return sorted(catalog.load_table(name).scan().to_arrow().column("number").to_pylist())


@dataclass
class Nights:
    """Nights over one catalog; each adds a row with its number to the tables that it builds."""

    catalog: Catalog
    views: Views

    @property
    def sql(self) -> TrinoSql:
        return cast(TrinoSql, self.views)

    def build(self, number: int, *tables: tuple[str, str]) -> tuple[AuditedRun, Any]:
        unfinished = begin_run(self.catalog, f"night {number}", (CALLS, FACTS, PLANS))
        for name in tables:
            table = self.catalog.create_table_if_not_exists(name, SCHEMA)
            table.append(pa.table({"number": [number]}))
        outputs = {name: self.catalog.load_table(name).metadata.current_snapshot_id or 0 for name in tables}
        run = AuditedRun(
            run_id=f"night {number}",
            run_date=DAY,
            window_start=DAY,
            days=(),
            now=NOW,
            inputs={("bronze", "call_events"): number},
            outputs=outputs,
        )
        return run, unfinished

    def publish(self, number: int, *tables: tuple[str, str]) -> None:
        run, unfinished = self.build(number, *tables)
        days = {"call_events": {DAY: number}}
        build = SilverBuild("digest", run.inputs, {CALLS: run.outputs[CALLS]}, NOW, days)
        publish(self.catalog, self.sql, run, unfinished, build)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    catalog = SqlCatalog("lake", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    for namespace in ("silver", "gold"):
        catalog.create_namespace(namespace)
    yield Nights(catalog, Views(catalog))
    catalog.close()


def test_a_publication_is_shown_recorded_and_noted_together(nights: Nights):
    for number in (1, 2):
        nights.publish(number, CALLS, FACTS)
    record = all_records(nights.catalog)[-1]
    assert (record.run_id, record.action, record.snapshots) == ("night 2", Action.PUBLISHED, shown(nights.catalog))
    build = last_build(nights.catalog)
    assert build is not None
    assert (build.inputs, build.bronze_days) == ({("bronze", "call_events"): 2}, {"call_events": {DAY: 2}})
    assert build.pinned_at == NOW
    assert unfinished_run(nights.catalog) is None
    assert nights.views.columns == {"fact_calls": ["number"]}


def test_a_refused_night_leaves_tables_and_notes_as_they_were_and_says_why(nights: Nights):
    nights.publish(1, CALLS, FACTS)
    before, build = shown(nights.catalog), last_build(nights.catalog)
    run, unfinished = nights.build(2, CALLS, FACTS, PLANS)
    refuse(nights.catalog, run, unfinished, as_results([NodeFailure("test", "assert_x", 1, "Got 1")]))
    assert [numbers(nights.catalog, name) for name in (CALLS, FACTS)] == [[1], [1]]
    assert not nights.catalog.table_exists(PLANS)
    assert (shown(nights.catalog), last_build(nights.catalog)) == (before, build)
    record = all_records(nights.catalog)[-1]
    assert (record.action, record.blocking_gates) == (Action.REFUSED, ("dbt test assert_x",))
    nights.publish(3, CALLS, FACTS)
    assert numbers(nights.catalog, FACTS) == [1, 3]


def test_rows_that_come_after_the_audit_are_not_published(nights: Nights):
    run, unfinished = nights.build(1, CALLS, FACTS)
    nights.catalog.load_table(CALLS).append(pa.table({"number": [9]}))
    with pytest.raises(ChangedMeanwhileError, match="silver_calls"):
        publish(nights.catalog, nights.sql, run, unfinished, None)
    assert shown(nights.catalog) == {}
    assert all_records(nights.catalog) == []


def test_views_show_shared_columns_while_tags_move_and_all_of_them_after(nights: Nights):
    nights.publish(1, CALLS, FACTS)
    old = shown(nights.catalog)["fact_calls"]
    add_city(nights)
    nights.views.steps.clear()
    nights.publish(2, CALLS, FACTS)
    new = shown(nights.catalog)["fact_calls"]
    assert nights.views.steps == [("fact_calls", ("number",), old), ("fact_calls", ("number", "city"), new)]
    nights.views.steps.clear()
    nights.publish(3, CALLS, FACTS)
    assert nights.views.steps == [], "columns are the same, so views are left alone"


def test_a_rollback_brings_columns_back_and_withdraws_what_was_not_there(nights: Nights):
    nights.publish(1, CALLS, FACTS)
    old = shown(nights.catalog)
    add_city(nights)
    nights.publish(2, CALLS, FACTS, PLANS)
    assert nights.views.columns == {"fact_calls": ["number", "city"], "dim_plans": ["number"]}
    record = roll_back(nights.catalog, nights.sql)
    assert (record.run_id, record.snapshots) == ("night 1", old)
    assert shown(nights.catalog) == old
    assert nights.views.columns == {"fact_calls": ["number"]}
    assert all_records(nights.catalog)[-1] == record
    nights.publish(3, CALLS, FACTS, PLANS)
    assert nights.views.columns == {"fact_calls": ["number", "city"], "dim_plans": ["number"]}


def add_city(nights: Nights) -> None:
    with nights.catalog.load_table(FACTS).update_schema() as columns:
        columns.add_column("city", LongType())


def let_another_job_in(nights: Nights) -> None:
    """What a job does that finds a note and no lock: it takes the run for dead, and is done before the run notices."""
    with changing_lake(nights.catalog, "the next one"):
        nights.views.before_answer = lambda: None
        mend_views(nights.catalog, nights.sql)


@pytest.mark.parametrize("has_blocking_gate", [False, True])
def test_a_run_that_was_taken_for_dead_neither_publishes_nor_refuses(nights: Nights, has_blocking_gate: bool):
    nights.publish(1, CALLS, FACTS)
    add_city(nights)
    run, unfinished = nights.build(2, CALLS, FACTS)
    let_another_job_in(nights)
    nights.publish(3, CALLS, FACTS)
    shown_by_others, views = shown(nights.catalog), dict(nights.views.columns)
    with pytest.raises(LostRunError, match="took run night 2 for dead"):
        if has_blocking_gate:
            refuse(nights.catalog, run, unfinished, as_results([NodeFailure("test", "assert_x", 1, "Got 1")]))
        else:
            publish(nights.catalog, nights.sql, run, unfinished, None)
    assert (shown(nights.catalog), nights.views.columns) == (shown_by_others, views)
    assert numbers(nights.catalog, FACTS) == [1, 3]
    assert [record.run_id for record in all_records(nights.catalog)] == ["night 1", "night 3"]


def test_a_run_that_is_taken_for_dead_during_its_act_leaves_views_as_wide_as_what_is_published(nights: Nights):
    nights.publish(1, CALLS, FACTS, PLANS)
    with nights.catalog.load_table(PLANS).update_schema() as columns:
        columns.add_column("city", LongType())
    nights.publish(2, CALLS, FACTS, PLANS)
    with nights.catalog.load_table(PLANS).update_schema() as columns:
        columns.delete_column("city")
    run, unfinished = nights.build(3, CALLS, FACTS, PLANS)
    nights.views.before_answer = lambda: let_another_job_in(nights)
    with pytest.raises(ChangedMeanwhileError):
        publish(nights.catalog, nights.sql, run, unfinished, None)
    assert nights.views.columns == {"fact_calls": ["number"], "dim_plans": ["number", "city"]}
    assert [record.run_id for record in all_records(nights.catalog)] == ["night 1", "night 2"]


def test_a_rollback_during_which_another_job_begins_changes_nothing(nights: Nights):
    for number in (1, 2):
        nights.publish(number, CALLS, FACTS)
    before = shown(nights.catalog)
    nights.views.before_answer = lambda: let_another_job_in(nights)
    with pytest.raises(ChangedMeanwhileError, match="unfinished_run"):
        roll_back(nights.catalog, nights.sql)
    assert shown(nights.catalog) == before
    assert [record.action for record in all_records(nights.catalog)] == [Action.PUBLISHED] * 2


def test_views_that_a_dying_rollback_left_narrow_are_mended_by_the_next_job(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
):
    nights.publish(1, CALLS, FACTS)
    add_city(nights)
    nights.publish(2, CALLS, FACTS)

    def die(place: str) -> None:
        if place == AFTER_NARROW_VIEWS:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("jobs.runtime.publication.reach", die)
        roll_back(nights.catalog, nights.sql)
    assert nights.views.columns == {"fact_calls": ["number"]}
    noted = unfinished_run(nights.catalog)
    assert noted is not None
    assert noted.phase is Phase.SHOWING
    with changing_lake(nights.catalog, "the next one") as lake:
        assert lake.has_loose_views
        mend_views(nights.catalog, nights.sql)
    assert nights.views.columns == {"fact_calls": ["number", "city"]}
    assert unfinished_run(nights.catalog) is None


def test_mending_takes_away_views_of_withdrawn_tables_and_no_view_of_somebody_else(nights: Nights):
    nights.publish(1, CALLS, FACTS)
    nights.publish(2, CALLS, FACTS, PLANS)
    roll_back(nights.catalog, nights.sql)
    nights.catalog.create_table(("gold", "my_own_table"), SCHEMA)
    nights.views.columns |= {"dim_plans": ["number"], "my_own_table": ["number"]}
    mend_views(nights.catalog, nights.sql)
    assert nights.views.columns == {"fact_calls": ["number"], "my_own_table": ["number"]}
