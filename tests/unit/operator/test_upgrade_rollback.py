"""A step that fails brings the pipeline back to the old spec, or waits for a person where that is impossible."""

from pathlib import Path

import pytest
from operator_fixtures import (
    changed,
)
from upgrade_world import DEMO, KAFKA_POOL, NEW, SINK, SOURCE, TOPIC, World, expected_specs, roll_back

from operators.telecom_pipeline.objects.manifest import Ref

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


def test_after_a_rollback_another_spec_is_tried_but_not_one_that_differs_only_in_switches(
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
    assert "a rollback is impossible: spec.kafka.topics: partitions can only grow" in message
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
