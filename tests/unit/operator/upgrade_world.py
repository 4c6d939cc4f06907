"""A running pipeline with an operator that may die at any write, controllers, and a clock that tests move."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from operator_fixtures import (
    NOW,
    STORAGE_OBJECTS,
    Controllers,
    changed,
    children,
    sample,
    without,
)

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of
from operators.telecom_pipeline.reconcile.one_pass import reconcile

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


def expected_specs(tmp_path: Path, resource: Manifest) -> dict[str, Any]:
    fresh = World(tmp_path / "expected.db")
    fresh.store.apply(resource)
    fresh.run()
    specs = fresh.specs()
    fresh.store.close()
    return specs


def roll_back(world: World) -> None:
    world.broken.add(SINK)
    world.store.apply(NEW)
    world.run(10)
    world.wait(901)
    world.reconcile()
    world.broken.clear()
    world.run()
    assert world.upgrade["state"] == "RolledBack"


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
