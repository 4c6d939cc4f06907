"""Two pipelines of a namespace with the same catalog: the older keeps it, the younger is told so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from operator_fixtures import NOW, STORAGE_OBJECTS, changed, sample

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.validate.shared_catalog import shared_catalog_problems


def pipeline(name: str, created: str | None = None, catalog_name: str = "iceberg") -> Manifest:
    manifest = changed(sample("minimal"), "spec.storage.catalog.name", catalog_name)
    manifest["metadata"] |= {"name": name} | ({"creationTimestamp": created} if created else {})
    return manifest


OLD = pipeline("old", "2026-01-01T00:00:00Z")
YOUNG = pipeline("young", "2026-06-01T00:00:00Z")


def test_the_older_of_two_keeps_the_catalog() -> None:
    both = [OLD, YOUNG]
    assert list(shared_catalog_problems(OLD, both)) == []
    (problem,) = shared_catalog_problems(YOUNG, both)
    assert (problem.path, "tables of pipeline old" in problem.message) == ("spec.storage.catalog", True)


def test_what_is_not_in_the_cluster_yet_is_the_younger() -> None:
    assert len(list(shared_catalog_problems(pipeline("new"), [YOUNG]))) == 1


def test_of_two_made_in_the_same_second_the_name_decides() -> None:
    twins = [pipeline(name, "2026-01-01T00:00:00Z") for name in ("a", "b")]
    assert [len(list(shared_catalog_problems(twin, twins))) for twin in twins] == [0, 1]


def test_another_name_of_the_catalog_is_another_catalog() -> None:
    assert list(shared_catalog_problems(pipeline("young", catalog_name="other"), [OLD])) == []


@pytest.mark.parametrize("spec", [None, [], {"storage": None}, {"storage": {"catalog": {"jdbc": 3}}}])
def test_another_pipeline_that_cannot_be_read_holds_nothing(spec: object) -> None:
    assert list(shared_catalog_problems(YOUNG, [OLD | {"spec": spec}])) == []
    assert list(shared_catalog_problems(YOUNG | {"spec": spec}, [OLD])) == []


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[SqliteCluster]:
    store = SqliteCluster(tmp_path / "store.db")
    for manifest in STORAGE_OBJECTS:
        store.apply(manifest)
    yield store
    store.close()


def test_the_operator_makes_nothing_of_the_younger_until_the_catalog_is_free(cluster: SqliteCluster) -> None:
    first, second = pipeline("a"), pipeline("b")
    cluster.apply(first)
    cluster.apply(second)
    done = reconcile(cluster, ref_of(second), NOW)
    assert done is not None
    assert [problem.path for problem in done.problems] == ["spec.storage.catalog"]
    assert done.plan is None

    cluster.delete(ref_of(first))
    done = reconcile(cluster, ref_of(second), NOW)
    assert done is not None
    assert not done.problems
    assert done.plan is not None
    assert done.plan.actions
