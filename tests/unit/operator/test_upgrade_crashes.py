"""Whatever happens and wherever the operator dies, the last spec wins and one step at a time disrupts."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from operator_fixtures import (
    changed,
)
from upgrade_world import (
    DEMO,
    NEW,
    World,
    expected_specs,
    run_and_see_what_is_disturbed,
)

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
    # A rolled back spec is not tried again, so end with one that was never tried.
    final = changed(wanted, "spec.image.tag", "final")
    world.store.apply(final)
    for _ in range(24):
        disturbed = run_and_see_what_is_disturbed(world)
        assert len(disturbed) <= 1, disturbed
        world.settle()
    assert world.upgrade["state"] == "Completed", json.dumps(world.upgrade, indent=1)
    assert world.specs() == expected_specs(folder, final)
    world.store.close()


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
