"""The status carries the words of the children, and times that move only when something changes."""

from datetime import timedelta
from pathlib import Path

from demo_pipeline import CALL_TOPIC, DEMO, KAFKA, SINK, condition, run, run_until_settled, stage, status
from operator_fixtures import NOW, Controllers, changed, children

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of


def test_a_running_stage_is_kept_while_what_it_needs_is_troubled(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    cluster.apply_status(KAFKA, {"observedGeneration": 1, "conditions": [_not_ready("FatalProblem", "no disk")]})
    before = set(children(cluster))
    run(cluster)
    assert set(children(cluster)) == before
    assert stage(cluster, "bronze")["state"] == "Ready"


def test_degraded_carries_the_words_of_the_child(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    generation = children(cluster)[KAFKA]["metadata"]["generation"]
    failure = {"observedGeneration": generation, "conditions": [_not_ready("FatalProblem", "disk is full")]}
    cluster.apply_status(KAFKA, failure)
    run(cluster)
    assert condition(cluster, "Degraded")["status"] == "True"
    assert condition(cluster, "Degraded")["reason"] == "ChildFailed"
    assert condition(cluster, "Degraded")["message"] == "kafka: Kafka/demo: disk is full"


def test_warnings_of_children_are_passed_on_without_making_them_fail(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    warning = {"type": "Warning", "status": "True", "reason": "DeprecatedFields", "message": "use the new field"}
    kafka = children(cluster)[KAFKA]
    cluster.apply_status(KAFKA, {**kafka["status"], "conditions": [*kafka["status"]["conditions"], warning]})
    assert run(cluster).is_ready
    assert status(cluster)["warnings"] == ["Kafka/demo: use the new field"]


def test_transition_times_stay_while_nothing_changes(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    ready_since = condition(cluster, "Ready")["lastTransitionTime"]
    cluster.apply(changed(DEMO, "spec.kafka.topics.retentionHours", 24))
    run(cluster, NOW + timedelta(minutes=5))
    assert condition(cluster, "Ready")["lastTransitionTime"] == "2026-03-01T12:05:00Z"
    assert condition(cluster, "Paused")["lastTransitionTime"] == ready_since


class RefusingCluster(SqliteCluster):
    """Refuses one object, as an admission webhook may."""

    refused = CALL_TOPIC

    def apply(self, manifest: Manifest) -> Manifest:
        if ref_of(manifest) == self.refused:
            raise ClusterError(f"{self.refused} was refused by a webhook")
        return super().apply(manifest)


def test_a_refused_child_is_reported_and_does_not_stop_the_others(
    cluster: SqliteCluster, controllers: Controllers, tmp_path: Path
) -> None:
    refusing = RefusingCluster(tmp_path / "store.db")
    run_until_settled(refusing, controllers)
    run(refusing)
    refusing.close()
    assert Ref(names.KAFKA_TOPIC, "telecom", "demo-sms-events") in children(cluster)
    assert condition(cluster, "Degraded")["reason"] == "ApplyFailed"
    assert "was refused by a webhook" in condition(cluster, "Degraded")["message"]


def _not_ready(reason: str, message: str) -> dict[str, str]:
    return {"type": "NotReady", "status": "True", "reason": reason, "message": message}


def test_the_inventory_names_the_children_that_are_there_in_a_stable_order(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run(cluster)
    assert status(cluster)["inventory"][0] == "Kafka/demo"
    run_until_settled(cluster, controllers)
    there = {f"{ref.kind.name}/{ref.name}" for ref in children(cluster)}
    before = status(cluster)["inventory"]
    assert set(before) == there
    cluster.delete(SINK)
    run(cluster)
    assert status(cluster)["inventory"] == before
