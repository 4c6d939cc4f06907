"""What `telecom up` without a file goes on with: what was applied, as it was applied."""

from pathlib import Path

import pytest
from operator_fixtures import changed, sample

from local.cluster.object_store import SqliteCluster
from telecom.pipelines.resource_file import ResourceFileError
from telecom.pipelines.up import applied_resources, can_become_ready


@pytest.fixture
def store(tmp_path: Path) -> SqliteCluster:
    return SqliteCluster(tmp_path / "store.db")


def test_an_empty_store_has_nothing_to_go_on_with(store: SqliteCluster) -> None:
    assert applied_resources(store) == []


def test_a_changed_demo_stays_changed(store: SqliteCluster) -> None:
    store.apply(sample("demo"))
    store.apply(changed(sample("demo"), "spec.fraudDetection.rules.callVelocity.maxCalls", 10))
    store.apply(sample("minimal"))
    found = {each.ref.name: each for each in applied_resources(store)}
    assert set(found) == {"demo", "minimal"}
    assert found["demo"].manifest["spec"]["fraudDetection"]["rules"]["callVelocity"]["maxCalls"] == 10


def test_what_is_being_deleted_is_left_out(store: SqliteCluster) -> None:
    store.apply(sample("minimal"))
    (found,) = applied_resources(store)
    store.set_finalizers(found.ref, ["telecom.dev/teardown"])
    store.delete(found.ref)
    assert store.get(found.ref)
    assert applied_resources(store) == []


def test_an_invalid_one_is_named(store: SqliteCluster) -> None:
    store.apply(changed(sample("minimal"), "spec.paused", "perhaps"))
    with pytest.raises(ResourceFileError, match=r"spec\.paused"):
        applied_resources(store)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [("paused", True, False), ("mode", "DryRun", False), ("desiredState", "Suspended", False), ("paused", False, True)],
)
def test_only_what_can_become_ready_is_waited_for(
    field: str, value: object, expected: bool, store: SqliteCluster
) -> None:
    store.apply(changed(sample("minimal"), f"spec.{field}", value))
    (found,) = applied_resources(store)
    assert can_become_ready(found.pipeline) is expected
