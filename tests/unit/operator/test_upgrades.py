"""A changed spec reaches a running pipeline step by step, survives crashes, and goes back when a step fails."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from operator_fixtures import (
    NOW,
    STORAGE_OBJECTS,
    Controllers,
    changed,
    children,
    endpoints_of,
    pipeline_of,
    sample,
    without,
)

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.upgrade.record import UpgradeStep
from operators.telecom_pipeline.upgrade.revisions import revisions_of, spec_digest
from operators.telecom_pipeline.upgrade.steps import UPGRADED_STAGES, Rendering, find_steps

# Without what makes Jobs: a Job of the same run keeps its pods' template, so its spec tells nothing of an upgrade.
DEMO = without(
    without(changed(sample("demo"), "spec.sources", {"cdr": {"simulator": {}}}), "fraudDetection"), "transform"
)
REF = ref_of(DEMO)
SINK = Ref(names.DEPLOYMENT, "telecom", "demo-kafka-to-bronze")
SOURCE = Ref(names.DEPLOYMENT, "telecom", "demo-cdr-producer")
TOPIC = Ref(names.KAFKA_TOPIC, "telecom", "demo-call-events")
KAFKA_POOL = Ref(names.KAFKA_NODE_POOL, "telecom", "demo-dual-role")
REVISIONS = Ref(names.CONFIG_MAP, "telecom", "demo-revisions")
RUNS = (names.KAFKA, names.KAFKA_NODE_POOL, names.DEPLOYMENT, names.JOB)
# Touches Kafka's nodes, topics, the sink and the source.
NEW = changed(changed(DEMO, "spec.kafka.resources", {"cpu": "700m", "memory": "3Gi"}), "spec.image.tag", "new")
NEW = changed(NEW, "spec.kafka.topics.retentionHours", 5)


class CrashError(Exception):
    """The operator is gone."""


class FragileCluster:
    """Dies before the write whose number is given; counts writes. Reads and writes are those of the store."""

    def __init__(self, store: SqliteCluster, dies_before_write: int | None = None) -> None:
        self.store = store
        self.writes: list[str] = []
        self._left = dies_before_write

    def _write(self, what: str) -> None:
        if self._left == 0:
            raise CrashError
        self._left = None if self._left is None else self._left - 1
        self.writes.append(what)

    def apply(self, manifest: Manifest) -> Manifest:
        self._write(str(ref_of(manifest)))
        return self.store.apply(manifest)

    def apply_status(self, ref: Ref, status: Mapping[str, object]) -> None:
        self._write("status")
        self.store.apply_status(ref, status)

    def get(self, ref: Ref) -> Manifest | None:
        return self.store.get(ref)

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[Manifest]:
        return self.store.list(kind, namespace, labels)

    def delete(self, ref: Ref) -> None:
        self._write(f"delete {ref}")
        self.store.delete(ref)


class World:
    """A pipeline, its operator and its controllers, with a clock that tests move."""

    def __init__(self, file: Path) -> None:
        self.store = SqliteCluster(file)
        self.controllers = Controllers(self.store)
        self.now = NOW
        self.broken: set[Ref] = set()
        for manifest in (*STORAGE_OBJECTS, DEMO):
            self.store.apply(manifest)

    def reconcile(self, dies_before_write: int | None = None) -> list[str]:
        """One pass; returns what it wrote."""
        cluster = FragileCluster(self.store, dies_before_write)
        with suppress(CrashError):
            reconcile(cluster, REF, self.now)
        return cluster.writes

    def settle(self) -> None:
        """Controllers bring every child that is not broken to where it should be."""
        self.controllers.settle(broken=self.broken)

    def run(self, passes: int = 16) -> None:
        for _ in range(passes):
            version = self.store.resource_version()
            self.reconcile()
            self.settle()
            if self.store.resource_version() == version:
                return
        self.reconcile()

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def status(self) -> dict[str, Any]:
        resource = self.store.get(REF)
        assert resource is not None
        found: dict[str, Any] = resource["status"]
        return found

    @property
    def upgrade(self) -> dict[str, Any]:
        found: dict[str, Any] = self.status.get("upgrade", {})
        return found

    def condition(self, type_: str) -> dict[str, Any]:
        return next(found for found in self.status["conditions"] if found["type"] == type_)

    def specs(self) -> dict[str, Any]:
        """What the children are asked to be, the operator's own records left out."""
        records = ("demo-accepted-spec", "demo-revisions")
        return {
            str(ref): child.get("spec") or child.get("data")
            for ref, child in children(self.store).items()
            if ref.name not in records
        }

    def steps(self, state: str) -> list[str]:
        return [step["stage"] for step in self.upgrade["steps"] if step["state"] == state]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "store.db")
    made.run()
    assert made.condition("Ready")["status"] == "True"
    yield made
    made.store.close()


def expected_specs(tmp_path: Path, resource: Manifest) -> dict[str, Any]:
    fresh = World(tmp_path / "expected.db")
    fresh.store.apply(resource)
    fresh.run()
    specs = fresh.specs()
    fresh.store.close()
    return specs


def test_a_number_written_otherwise_is_no_other_spec() -> None:
    assert spec_digest({"upgrade": {"stepTimeoutSeconds": 4}}) == spec_digest({"upgrade": {"stepTimeoutSeconds": 4.0}})
    assert spec_digest({"upgrade": {"stepTimeoutSeconds": 4}}) != spec_digest({"upgrade": {"stepTimeoutSeconds": 4.5}})


def test_a_first_start_is_no_upgrade_and_its_spec_is_kept_as_good(world: World) -> None:
    assert "upgrade" not in world.status
    kept = world.store.get(REVISIONS)
    assert kept is not None
    assert sorted(kept["data"]) == ["fingerprint-1.json", "revision-1.json"]
    assert world.condition("Upgrading")["reason"] == "UpToDate"


def test_a_changed_spec_goes_stage_by_stage_and_each_is_ready_before_the_next(world: World, tmp_path: Path) -> None:
    world.store.apply(NEW)
    order: list[str] = []
    for _ in range(24):
        world.reconcile()
        active = world.steps("Running")
        assert len(active) <= 1
        order += [stage for stage in active if stage not in order]
        world.settle()
    assert order == ["kafka", "topics", "bronze", "sources"]
    assert world.upgrade["state"] == "Completed"
    assert world.condition("Ready")["status"] == "True"
    assert world.specs() == expected_specs(tmp_path, NEW)
    assert [each.number for each in revisions_of(world.store.get(REVISIONS))] == [1, 2]


def test_while_a_step_is_not_ready_no_other_stage_is_touched(world: World) -> None:
    world.broken.add(KAFKA_POOL)
    before = world.specs()
    world.store.apply(NEW)
    world.run(5)
    differing = {ref for ref, spec in world.specs().items() if before[ref] != spec}
    assert differing == {str(KAFKA_POOL)}
    assert world.condition("Ready")["status"] == "False"
    assert world.condition("Upgrading")["message"] == "from revision 1 to 2: step kafka"


def test_the_step_is_written_down_before_anything_of_it_is_applied(world: World) -> None:
    world.store.apply(NEW)
    writes = world.reconcile()
    assert writes[0] == "status"
    assert str(KAFKA_POOL) in writes[1:]


def test_a_stage_that_waits_for_its_step_is_still_put_back_when_changed_by_hand(world: World) -> None:
    world.broken.add(KAFKA_POOL)
    world.store.apply(NEW)
    world.run(3)
    sink = children(world.store)[SINK]
    world.store.apply(changed(as_applied(sink), "spec.replicas", 5))
    world.reconcile()
    assert children(world.store)[SINK]["spec"] == sink["spec"]


def as_applied(child: Manifest) -> Manifest:
    metadata = {key: child["metadata"][key] for key in ("name", "namespace", "labels")}
    return {key: value for key, value in child.items() if key != "status"} | {"metadata": metadata}


STEPS = [("kafka", KAFKA_POOL), ("topics", TOPIC), ("bronze", SINK), ("sources", SOURCE)]


@pytest.mark.parametrize(("stage", "child"), STEPS, ids=[stage for stage, _ in STEPS])
def test_a_step_that_fails_brings_the_whole_set_back_and_is_not_tried_again(
    world: World, stage: str, child: Ref
) -> None:
    before = world.specs()
    world.broken.add(child)
    world.store.apply(NEW)
    world.run(10)
    assert world.steps("Running") == [stage]
    world.wait(901)
    world.reconcile()
    assert world.condition("Degraded")["reason"] == "RollingBack"
    assert f"step {stage} was not ready within 900 s" in world.condition("Degraded")["message"]
    world.broken.clear()
    world.run()
    assert world.specs() == before
    assert world.upgrade["state"] == "RolledBack"
    assert stage in world.condition("Ready")["message"]
    assert world.condition("Ready")["reason"] == "RolledBack"
    world.wait(5000)
    world.run(3)
    assert world.specs() == before
    assert world.upgrade["state"] == "RolledBack"


def test_after_a_rollback_another_spec_is_tried_and_switches_alone_are_no_other_spec(
    world: World, tmp_path: Path
) -> None:
    roll_back(world)
    paused = changed(NEW, "spec.paused", True)
    for resource in (paused, NEW):
        world.store.apply(resource)
        world.run(3)
        assert world.upgrade["state"] == "RolledBack"
    newer = changed(NEW, "spec.image.tag", "newer")
    world.store.apply(newer)
    world.run()
    assert world.upgrade["state"] == "Completed"
    assert world.specs() == expected_specs(tmp_path, newer)
    assert world.condition("Degraded")["status"] == "False"


def roll_back(world: World) -> None:
    world.broken.add(SINK)
    world.store.apply(NEW)
    world.run(10)
    world.wait(901)
    world.reconcile()
    world.broken.clear()
    world.run()
    assert world.upgrade["state"] == "RolledBack"


def test_going_back_to_the_old_spec_by_hand_forgets_the_rollback(world: World) -> None:
    roll_back(world)
    world.store.apply(DEMO)
    world.run(3)
    assert "upgrade" not in world.status
    assert world.condition("Ready")["status"] == "True"


def test_what_only_grows_is_named_and_the_upgrade_waits_for_a_person(world: World) -> None:
    grown = changed(NEW, "spec.kafka.topics.partitions", 6)
    world.broken.add(SINK)
    world.store.apply(grown)
    world.run(12)
    world.wait(901)
    world.run(3)
    assert world.upgrade["state"] == "Stalled"
    message = world.condition("Degraded")["message"]
    assert "step bronze was not ready" in message
    assert "no rollback is possible: spec.kafka.topics: partitions can only grow" in message
    world.broken.clear()
    world.run()
    assert world.upgrade["state"] == "Completed"
    assert world.condition("Degraded")["status"] == "False"


def test_a_failure_before_the_irreversible_step_still_goes_back(world: World) -> None:
    before = world.specs()
    world.broken.add(KAFKA_POOL)
    world.store.apply(changed(NEW, "spec.kafka.topics.partitions", 6))
    world.run(5)
    world.wait(901)
    world.reconcile()
    world.broken.clear()
    world.run()
    assert world.upgrade["state"] == "RolledBack"
    assert world.specs() == before


def test_without_automatic_rollback_a_failed_step_stalls_and_goes_on_once_it_is_ready(world: World) -> None:
    world.broken.add(SINK)
    world.store.apply(changed(NEW, "spec.upgrade", {"automaticRollback": False, "stepTimeoutSeconds": 60}))
    world.run(12)
    world.wait(61)
    world.run(2)
    assert world.upgrade["state"] == "Stalled"
    assert "not ready within 60 s" in world.condition("Degraded")["message"]
    world.broken.clear()
    world.run()
    assert world.upgrade["state"] == "Completed"


def test_a_pause_stops_the_clock_of_a_step(world: World) -> None:
    world.broken.add(SINK)
    world.store.apply(NEW)
    world.run(12)
    world.store.apply(changed(NEW, "spec.paused", True))
    world.run(1)
    world.wait(100_000)
    world.run(2)
    world.store.apply(NEW)
    world.run(2)
    assert world.upgrade["state"] == "Running"
    world.wait(901)
    world.run(1)
    assert world.upgrade["state"] in ("RollingBack", "RolledBack")


def test_a_source_that_goes_is_removed_before_its_user_and_comes_back_with_a_rollback(world: World) -> None:
    with_probe = changed(DEMO, "spec.sources.networkProbe", {"simulator": {}})
    with_probe = changed(with_probe, "spec.deletionPolicy", "Delete")
    world.store.apply(with_probe)
    world.run()
    before = world.specs()
    less = changed(changed(with_probe, "spec.sources", DEMO["spec"]["sources"]), "spec.image.tag", "new")
    world.broken.add(SINK)
    world.store.apply(less)
    world.run(16)
    world.wait(901)
    world.reconcile()
    world.broken.clear()
    world.run()
    assert world.specs() == before
    again = changed(less, "spec.image.tag", "newer")
    world.store.apply(again)
    world.run()
    removals = [step["stage"] for step in world.upgrade["steps"] if step["action"] == "Remove"]
    assert removals == ["sources", "users", "topics"]
    assert world.upgrade["state"] == "Completed"


def test_suspending_in_the_middle_of_an_upgrade_still_stops_sources_before_the_sink(world: World) -> None:
    world.broken.add(KAFKA_POOL)
    world.store.apply(NEW)
    world.run(3)
    world.broken.clear()
    world.store.apply(changed(NEW, "spec.desiredState", "Suspended"))
    world.run()
    assert world.upgrade["state"] == "Completed"
    assert world.status["stage"] == "Suspended"


def test_a_dry_run_touches_nothing_and_says_what_it_would_do(world: World) -> None:
    before = children(world.store)
    world.store.apply(changed(NEW, "spec.mode", "DryRun"))
    assert set(world.reconcile()) == {"status"}
    assert children(world.store) == before
    found = world.status["dryRun"]
    assert [step["stage"] for step in found["steps"]] == ["kafka", "topics", "bronze", "sources"]
    sink = next(change for change in found["changes"] if change["child"] == "Deployment/demo-kafka-to-bronze")
    assert any(line.startswith("+") and ":new" in line for line in sink["diff"].splitlines())
    assert world.condition("Ready")["reason"] == "DryRun"
    assert world.reconcile() == []
    world.store.apply(NEW)
    world.run()
    assert "dryRun" not in world.status
    assert world.upgrade["state"] == "Completed"


def test_a_dry_run_of_a_new_pipeline_creates_nothing(tmp_path: Path) -> None:
    world = World(tmp_path / "store.db")
    world.store.apply(changed(DEMO, "spec.mode", "DryRun"))
    world.reconcile()
    assert children(world.store) == {}
    assert {change["action"] for change in world.status["dryRun"]["changes"]} == {"create"}
    assert any("waits for Kafka" in text for text in world.status["dryRun"]["unknown"])
    world.store.close()


def test_a_record_that_cannot_be_read_does_not_stop_the_pipeline(world: World) -> None:
    world.store.apply_status(REF, {**world.status, "upgrade": {"state": "Sideways"}})
    world.run(2)
    assert world.condition("Ready")["status"] == "True"


# A life of an upgrade: what the operator and the world do, in any order.
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(0, 30)),  # the operator dies before so many writes, or not at all
        st.tuples(st.just("settle"), st.just(0)),
        st.tuples(st.just("edit"), st.integers(0, 2)),
        st.tuples(st.just("wait"), st.sampled_from([10, 901])),
    ),
    max_size=15,
)
EDITS = (DEMO, NEW, changed(changed(DEMO, "spec.image.tag", "third"), "spec.bronze.commitMebibytes", 7))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_whatever_happens_one_disruptive_step_at_a_time_and_the_last_spec_wins(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("life")
    world, wanted = World(folder / "store.db"), DEMO
    world.run()
    for event, number in events:
        if event == "pass":
            disturbed = run_and_see_what_is_disturbed(world, number)
            assert len(disturbed) <= 1, disturbed
        elif event == "settle":
            world.settle()
        elif event == "edit":
            wanted = EDITS[number]
            world.store.apply(wanted)
        else:
            world.wait(number)
    # A rolled back spec is not tried again, so end with one that nobody has tried.
    final = changed(wanted, "spec.image.tag", "final")
    world.store.apply(final)
    for _ in range(24):
        disturbed = run_and_see_what_is_disturbed(world)
        assert len(disturbed) <= 1, disturbed
        world.settle()
    assert world.upgrade["state"] == "Completed", json.dumps(world.upgrade, indent=1)
    assert world.specs() == expected_specs(folder, final)
    world.store.close()


def run_and_see_what_is_disturbed(world: World, dies_before_write: int | None = None) -> set[str]:
    """Stages with something that runs whose definition this pass changed or deleted."""
    before = children(world.store)
    world.reconcile(dies_before_write)
    after = children(world.store)
    return {
        child["metadata"]["labels"]["telecom.dev/stage"]
        for ref, child in before.items()
        if ref.kind in RUNS and (ref not in after or after[ref]["spec"] != child["spec"])
    }


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 8), max_size=8))
def test_an_operator_that_dies_anywhere_ends_where_an_undisturbed_one_does(
    tmp_path_factory: pytest.TempPathFactory, crashes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("crashes")
    world = World(folder / "store.db")
    world.run()
    world.store.apply(NEW)
    for crash in crashes:
        world.reconcile(crash)
        assert len(world.upgrade and world.steps("Running")) <= 1
        world.settle()
    world.run()
    assert world.upgrade["state"] == "Completed"
    assert [step["state"] for step in world.upgrade["steps"]] == ["Done"] * 4
    assert world.specs() == expected_specs(folder, NEW)
    world.store.close()


def test_times_are_those_of_the_clock_that_was_given(world: World) -> None:
    world.wait(3600)
    world.store.apply(NEW)
    world.reconcile()
    started = datetime.fromisoformat(world.upgrade["steps"][0]["startedAt"])
    assert started == NOW + timedelta(seconds=3600)


def test_every_stage_but_the_records_has_its_place_in_an_upgrade_and_flink_goes_before_the_sink() -> None:
    assert set(UPGRADED_STAGES) == set(Stage) - {Stage.STORAGE}
    assert len(UPGRADED_STAGES) == len(set(UPGRADED_STAGES))
    order = [step.stage for step in fraud_upgrade()]
    assert order == ["kafka", "topics", "users", "fraud-detection", "account-freezer", "bronze", "sources"]


def test_what_goes_goes_the_other_way_round() -> None:
    pipeline = pipeline_of(sample("fraud"))
    before = Rendering(render(pipeline, endpoints_of(pipeline)))
    removals = [step.stage for step in find_steps(before, Rendering(()))]
    assert removals == ["sources", "bronze", "account-freezer", "fraud-detection", "users", "topics", "kafka"]


def fraud_upgrade() -> list[UpgradeStep]:
    """Steps of a change that touches every stage of the sample."""
    pipeline = pipeline_of(sample("fraud"))
    target = render(pipeline, endpoints_of(pipeline))
    before = tuple({**manifest, "changed": True} for manifest in target)
    return find_steps(Rendering(before), Rendering(target))
