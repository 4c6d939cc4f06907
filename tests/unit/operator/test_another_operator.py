"""Another version of the operator, which makes something else of the same spec, changes what runs step by step too."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from operator_fixtures import changed, children
from upgrade_world import (
    DEMO,
    NEW,
    REVISIONS,
    SINK,
    World,
    expected_specs,
    run_and_see_what_is_disturbed,
)

from operators.telecom_pipeline.render import kafka, workload
from operators.telecom_pipeline.upgrade.fingerprint import _fingerprint
from operators.telecom_pipeline.upgrade.revisions import revisions_of


class Operator:
    """The operator's version: 2 gives pods of ours another user, 3 Kafka another port as well."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def become(self, version: int) -> None:
        self._patch.setattr(workload, "USER_ID", 10001 if version == 1 else 10002)
        self._patch.setattr(kafka, "LISTENER_PORT", 9094 if version == 3 else 9093)
        _fingerprint.cache_clear()


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    made = Operator(monkeypatch)
    made.become(1)
    yield made
    made.become(1)


@pytest.fixture
def world(operator: Operator, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "store.db")
    made.run()
    yield made
    made.store.close()


def test_it_goes_stage_by_stage_and_each_is_ready_before_the_next(
    world: World, operator: Operator, tmp_path: Path
) -> None:
    operator.become(3)
    order: list[str] = []
    for _ in range(24):
        assert len(run_and_see_what_is_disturbed(world)) <= 1
        order += [stage for stage in world.steps("Running") if stage not in order]
        world.settle()
    assert order == ["kafka", "bronze", "sources"]
    assert world.upgrade["state"] == "Completed"
    assert world.specs() == expected_specs(tmp_path, DEMO)
    world.run()
    assert world.condition("Ready")["status"] == "True"


def test_a_stage_that_waits_for_its_step_stays_as_it_is(world: World, operator: Operator) -> None:
    before = world.specs()
    world.broken.add(SINK)
    operator.become(2)
    world.run(5)
    after = world.specs()
    assert {ref for ref in before if before[ref] != after[ref]} == {str(SINK)}
    message = world.condition("Upgrading")["message"]
    assert message == "revision 1 as this version of the operator renders it: step bronze"


def test_a_step_that_fails_stalls_and_the_version_before_goes_back_step_by_step(
    world: World, operator: Operator
) -> None:
    before = world.specs()
    world.broken.add(SINK)
    operator.become(2)
    world.run(5)
    world.wait(901)
    world.run(2)
    assert world.upgrade["state"] == "Stalled"
    assert "only the previous version of the operator" in world.condition("Degraded")["message"]
    operator.become(1)
    world.broken.clear()
    for _ in range(12):
        assert len(run_and_see_what_is_disturbed(world)) <= 1
        world.settle()
    assert world.specs() == before
    assert world.condition("Degraded")["status"] == "False"


def test_the_same_version_plans_nothing_also_when_an_endpoint_moves(world: World) -> None:
    place = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lakehouse-s3", "namespace": "telecom"}}
    world.store.apply(place | {"data": {"endpoint": "http://elsewhere:9000"}})
    world.run()
    assert "upgrade" not in world.status
    assert "elsewhere" in json.dumps(world.specs())


def test_a_pause_holds_a_new_version_too(world: World, operator: Operator) -> None:
    before = world.specs()
    world.store.apply(changed(DEMO, "spec.paused", True))
    operator.become(2)
    world.run(3)
    assert world.specs() == before
    world.store.apply(DEMO)
    world.run()
    assert world.upgrade["state"] == "Completed"


def test_a_dry_run_tells_the_steps_of_a_new_version(world: World, operator: Operator) -> None:
    operator.become(2)
    world.store.apply(changed(DEMO, "spec.mode", "DryRun"))
    world.run(2)
    assert [step["stage"] for step in world.status["dryRun"]["steps"]] == ["bronze", "sources"]


def test_a_revision_of_an_operator_without_fingerprints_gets_one_and_does_not_need_a_plan(world: World) -> None:
    kept = children(world.store)[REVISIONS]
    data = {"revision-1.json": kept["data"]["revision-1.json"]}
    world.store.apply({key: kept[key] for key in ("apiVersion", "kind", "metadata")} | {"data": data})
    assert not revisions_of(world.store.get(REVISIONS))[0].fingerprint
    world.run()
    assert "upgrade" not in world.status
    assert revisions_of(world.store.get(REVISIONS))[0].fingerprint


# What happens meanwhile: an operator that dies before so many writes, another version, another spec, time.
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(0, 12)),
        st.tuples(st.just("settle"), st.just(0)),
        st.tuples(st.just("version"), st.integers(1, 3)),
        st.tuples(st.just("edit"), st.integers(0, 1)),
    ),
    max_size=15,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS, st.integers(1, 3))
def test_whatever_happens_one_disruptive_step_at_a_time_and_the_last_version_wins(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, int]], last: int
) -> None:
    folder = tmp_path_factory.mktemp("versions")
    with pytest.MonkeyPatch.context() as patch:
        operator = Operator(patch)
        operator.become(1)
        world, wanted = World(folder / "store.db"), DEMO
        world.run()
        for event, number in events:
            if event == "pass":
                assert len(run_and_see_what_is_disturbed(world, number)) <= 1
            elif event == "settle":
                world.settle()
            elif event == "version":
                operator.become(number)
            else:
                wanted = (DEMO, NEW)[number]
                world.store.apply(wanted)
        operator.become(last)
        for _ in range(24):
            assert len(run_and_see_what_is_disturbed(world)) <= 1
            world.settle()
        assert world.condition("Ready")["status"] == "True"
        assert world.specs() == expected_specs(folder, wanted)
        world.store.close()
        operator.become(1)
