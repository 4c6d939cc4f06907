"""A pass looks the endpoints up once for each spec that it goes between, and no more often."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from upgrade_world import NEW, SINK, World

from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.pipeline import endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[Pipeline]:
    """Pipelines for which the real function was called, in order."""
    real, calls = endpoints.find_endpoints, list[Pipeline]()

    def find_and_note(
        pipeline: Pipeline, children: Mapping[Ref, Manifest], references: Mapping[Ref, Manifest | None]
    ) -> endpoints.Endpoints:
        calls.append(pipeline)
        return real(pipeline, children, references)

    for module in list(sys.modules.values()):
        if getattr(module, "find_endpoints", None) is real:
            monkeypatch.setattr(module, "find_endpoints", find_and_note)
    return calls


def test_a_pipeline_that_was_never_ready_has_one_spec(tmp_path: Path, lookups: list[Pipeline]) -> None:
    world = World(tmp_path / "store.db")
    world.reconcile()
    lookups.clear()
    world.reconcile()
    assert len(lookups) == 1
    world.store.close()


def test_an_upgrade_goes_between_two(world: World, lookups: list[Pipeline]) -> None:
    world.broken.add(SINK)
    world.store.apply(NEW)
    world.run(8)
    assert world.steps("Running") == ["bronze"]
    lookups.clear()
    world.reconcile()
    assert len(lookups) == 2
    assert [pipeline.spec.image.tag == "new" for pipeline in lookups].count(True) == 1
