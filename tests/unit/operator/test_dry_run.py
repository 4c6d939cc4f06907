"""In mode DryRun nothing is changed, and the status says what would be done."""

from pathlib import Path

from operator_fixtures import (
    changed,
    children,
)
from upgrade_world import DEMO, NEW, World


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
