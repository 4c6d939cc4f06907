"""A deleted pipeline goes from its sources to Kafka, and keeps its records unless told otherwise."""

from demo_pipeline import CALL_TOPIC, CDR_JOB, DEMO, DEMO_REF, KAFKA, condition, run_until_settled, status
from operator_fixtures import NOW, Controllers, changed, children

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects.labels import owned_by
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.reconcile.teardown import report_deletion, tear_down


def tear_down_steps(cluster: SqliteCluster, resource: Manifest) -> list[set[str]]:
    steps = []
    for _ in range(20):
        steps.append({ref.kind.name for ref in children(cluster)})
        if tear_down(cluster, resource).is_done:
            return steps
    raise AssertionError(f"not done after {len(steps)} steps: {steps[-1]}")


def test_teardown_goes_from_the_sources_to_kafka(cluster: SqliteCluster, controllers: Controllers) -> None:
    resource = changed(DEMO, "spec.deletionPolicy", "Delete")
    cluster.apply(resource)
    run_until_settled(cluster, controllers)
    steps = tear_down_steps(cluster, resource)
    gone_after = {kind: max(i for i, step in enumerate(steps) if kind in step) for kind in steps[0]}
    assert gone_after["Job"] < gone_after["Deployment"] < gone_after["KafkaUser"] < gone_after["KafkaTopic"]
    assert gone_after["KafkaTopic"] < gone_after["Kafka"]
    assert children(cluster) == {}


def test_teardown_that_retains_lets_go_of_topics_before_it_deletes_them(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    cluster.set_finalizers(CALL_TOPIC, ["strimzi.io/topic-operator"])
    for _ in range(10):
        tear_down(cluster, DEMO)
    topic = children(cluster)[CALL_TOPIC]
    assert topic["metadata"]["annotations"]["strimzi.io/managed"] == "false"
    assert "deletionTimestamp" in topic["metadata"]
    assert KAFKA in children(cluster)  # it goes when its last topic has gone
    cluster.set_finalizers(CALL_TOPIC, [])
    assert tear_down_steps(cluster, DEMO)[-1] == set()


def test_teardown_removes_children_of_stages_that_another_version_had(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    stranger = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "demo-of-the-past",
            "namespace": "telecom",
            "labels": owned_by("demo") | {"telecom.dev/stage": "of-the-past"},
        },
        "data": {},
    }
    cluster.apply(stranger)
    tear_down(cluster, DEMO)
    assert ref_of(stranger) not in children(cluster)
    assert CDR_JOB in children(cluster)


def test_a_deletion_says_what_it_waits_for(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    cluster.set_finalizers(CALL_TOPIC, ["strimzi.io/topic-operator"])
    for _ in range(10):
        teardown = tear_down(cluster, DEMO)
    resource = cluster.get(DEMO_REF)
    assert resource is not None
    report_deletion(cluster, resource, teardown, NOW)
    assert status(cluster)["stage"] == "Deleting"
    assert condition(cluster, "Ready")["message"] == ("waits until these are gone: KafkaTopic telecom/demo-call-events")
