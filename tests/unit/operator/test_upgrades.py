"""A changed spec reaches a running pipeline step by step, each step ready before the next."""

from datetime import datetime, timedelta
from pathlib import Path

from operator_fixtures import (
    NOW,
    changed,
    children,
)
from upgrade_world import KAFKA_POOL, NEW, REF, REVISIONS, SINK, World, expected_specs

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.upgrade.revisions import revisions_of


def test_a_first_start_is_not_an_upgrade_and_its_spec_is_kept(world: World) -> None:
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


def test_suspending_in_the_middle_of_an_upgrade_still_stops_sources_before_the_sink(world: World) -> None:
    world.broken.add(KAFKA_POOL)
    world.store.apply(NEW)
    world.run(3)
    world.broken.clear()
    world.store.apply(changed(NEW, "spec.desiredState", "Suspended"))
    world.run()
    assert world.upgrade["state"] == "Completed"
    assert world.status["stage"] == "Suspended"


def test_a_record_that_cannot_be_read_does_not_stop_the_pipeline(world: World) -> None:
    world.store.apply_status(REF, {**world.status, "upgrade": {"state": "Sideways"}})
    world.run(2)
    assert world.condition("Ready")["status"] == "True"


def test_times_are_those_of_the_clock_that_was_given(world: World) -> None:
    world.wait(3600)
    world.store.apply(NEW)
    world.reconcile()
    started = datetime.fromisoformat(world.upgrade["steps"][0]["startedAt"])
    assert started == NOW + timedelta(seconds=3600)
