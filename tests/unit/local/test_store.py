"""The store keeps the promises of a Kubernetes API server that our code relies on."""

import base64
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of

DEPLOYMENT = Kind("apps/v1", "Deployment")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteCluster]:
    store = SqliteCluster(tmp_path / "store.db")
    yield store
    store.close()


def deployment(name: str = "d", replicas: int = 1, **metadata: object) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "n", **metadata},
        "spec": {"replicas": replicas},
    }


REF = ref_of(deployment())


def test_a_new_object_gets_an_identity(store: SqliteCluster) -> None:
    metadata = store.apply(deployment())["metadata"]
    assert metadata["generation"] == 1
    assert metadata["uid"] and metadata["creationTimestamp"].endswith("Z")


def test_applying_the_same_again_changes_nothing(store: SqliteCluster) -> None:
    first = store.apply(deployment())
    version = store.resource_version()
    assert store.apply(deployment()) == first
    assert store.resource_version() == version


def test_the_generation_counts_changes_of_the_specification_only(store: SqliteCluster) -> None:
    first = store.apply(deployment())
    labelled = store.apply(deployment(labels={"a": "b"}))
    assert labelled["metadata"]["generation"] == 1
    scaled = store.apply(deployment(replicas=2, labels={"a": "b"}))
    assert scaled["metadata"]["generation"] == 2
    assert scaled["metadata"]["uid"] == first["metadata"]["uid"]
    assert int(scaled["metadata"]["resourceVersion"]) > int(labelled["metadata"]["resourceVersion"])


def test_an_apply_leaves_the_status_alone_and_ignores_one_that_it_brings(store: SqliteCluster) -> None:
    store.apply(deployment())
    store.apply_status(REF, {"readyReplicas": 1})
    stored = store.apply(deployment(replicas=3) | {"status": {"readyReplicas": 9}})
    assert stored["status"] == {"readyReplicas": 1}
    assert stored["metadata"]["generation"] == 2


def test_a_field_that_is_no_longer_applied_disappears(store: SqliteCluster) -> None:
    store.apply(deployment(annotations={"a": "1"}))
    assert "annotations" not in store.apply(deployment())["metadata"]


def test_an_equal_status_is_not_written(store: SqliteCluster) -> None:
    store.apply(deployment())
    store.apply_status(REF, {"a": [1]})
    version = store.resource_version()
    store.apply_status(REF, {"a": [1]})
    assert store.resource_version() == version


def test_a_status_needs_its_object(store: SqliteCluster) -> None:
    with pytest.raises(ClusterError, match="Deployment n/d does not exist"):
        store.apply_status(REF, {})


def test_a_list_is_filtered_by_labels_and_ordered_by_name(store: SqliteCluster) -> None:
    for name, labels in (("b", {"x": "1", "y": "2"}), ("a", {"x": "1"}), ("c", {"x": "2"})):
        store.apply(deployment(name, labels=labels))
    assert [found["metadata"]["name"] for found in store.list(DEPLOYMENT, "n", {"x": "1"})] == ["a", "b"]
    assert store.list(DEPLOYMENT, "other") == []


def test_a_deleted_object_is_gone_and_may_be_deleted_again(store: SqliteCluster) -> None:
    store.apply(deployment())
    store.delete(REF)
    assert store.get(REF) is None
    store.delete(REF)


def test_finalizers_keep_a_deleted_object_until_the_last_is_taken_away(store: SqliteCluster) -> None:
    store.apply(deployment())
    store.set_finalizers(REF, ["x"])
    store.delete(REF)
    marked = store.get(REF)
    assert marked is not None and marked["metadata"]["deletionTimestamp"]
    assert marked["metadata"]["finalizers"] == ["x"]
    store.set_finalizers(REF, [])
    assert store.get(REF) is None


def test_an_apply_keeps_the_finalizers(store: SqliteCluster) -> None:
    store.apply(deployment())
    store.set_finalizers(REF, ["x"])
    assert store.apply(deployment(replicas=2))["metadata"]["finalizers"] == ["x"]


def test_what_an_object_owns_is_deleted_with_it(store: SqliteCluster) -> None:
    owner = store.apply(deployment())
    store.apply(deployment("owned", ownerReferences=[{"uid": owner["metadata"]["uid"], "name": "d"}]))
    store.apply(deployment("stranger", ownerReferences=[{"uid": "another", "name": "d"}]))
    store.delete(REF)
    assert [found["metadata"]["name"] for found in store.list(DEPLOYMENT, "n")] == ["stranger"]


def test_plain_text_of_a_secret_is_stored_as_the_api_server_does(store: SqliteCluster) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": "n"},
        "stringData": {"k": "v"},
    }
    stored = store.apply(secret)
    assert base64.b64decode(stored["data"]["k"]) == b"v"
    assert "stringData" not in stored and "generation" not in stored["metadata"]


def test_the_file_is_readable_by_its_owner_only(store: SqliteCluster, tmp_path: Path) -> None:
    store.apply(deployment())
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_two_connections_see_each_others_writes(store: SqliteCluster, tmp_path: Path) -> None:
    other = SqliteCluster(tmp_path / "store.db")
    version = store.resource_version()
    other.apply(deployment())
    assert store.get(REF) is not None
    assert store.changes_since(version) == [REF]
    other.close()


def test_writers_in_parallel_lose_nothing(store: SqliteCluster, tmp_path: Path) -> None:
    def write(writer: int) -> None:
        own = SqliteCluster(tmp_path / "store.db")
        for number in range(20):
            own.apply(deployment(f"d-{writer}-{number}"))
        own.close()

    before = store.resource_version()
    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = [int(found["metadata"]["resourceVersion"]) for found in store.list(DEPLOYMENT, "n")]
    assert sorted(versions) == list(range(before + 1, before + 61))


def test_an_unknown_object_is_none(store: SqliteCluster) -> None:
    assert store.get(Ref(DEPLOYMENT, "n", "absent")) is None
