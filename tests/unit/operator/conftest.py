"""The store with the demo in it, the controllers of its children, and a world to upgrade in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_pipeline import DEMO
from operator_fixtures import STORAGE_OBJECTS, TRANSFORM_OBJECTS, Controllers
from upgrade_world import World

from local.cluster.object_store import SqliteCluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[SqliteCluster]:
    store = SqliteCluster(tmp_path / "store.db")
    for manifest in (*STORAGE_OBJECTS, *TRANSFORM_OBJECTS):
        store.apply(manifest)
    store.apply(DEMO)
    yield store
    store.close()


@pytest.fixture
def controllers(cluster: SqliteCluster) -> Controllers:
    return Controllers(cluster)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "store.db")
    made.run()
    assert made.condition("Ready")["status"] == "True"
    yield made
    made.store.close()
