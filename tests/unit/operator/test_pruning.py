"""Children that are no longer part of the pipeline go, a pod before its user; nothing else does."""

from demo_pipeline import CDR_JOB, DEMO, KAFKA, SINK, run, run_until_settled
from operator_fixtures import Controllers, changed, children

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.labels import owned_by
from operators.telecom_pipeline.objects.manifest import Ref, ref_of
from operators.telecom_pipeline.plan import Delete


def test_an_object_that_takes_time_to_go_is_asked_once(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_delete = changed(DEMO, "spec.deletionPolicy", "Delete")
    cluster.apply(with_delete)
    run_until_settled(cluster, controllers)
    topic = Ref(names.KAFKA_TOPIC, "telecom", "demo-network-probe-events")
    cluster.set_finalizers(topic, ["strimzi.io/topic-operator"])
    cluster.apply(changed(with_delete, "spec.sources", {"cdr": with_delete["spec"]["sources"]["cdr"]}))
    run_until_settled(cluster, controllers)
    assert "deletionTimestamp" in children(cluster)[topic]["metadata"]
    before = cluster.resource_version()
    plan = run(cluster).plan
    assert plan is not None
    assert not [action for action in plan.actions if isinstance(action, Delete)]
    assert cluster.resource_version() == before


def test_a_source_that_is_removed_goes_before_its_user(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_delete = changed(DEMO, "spec.deletionPolicy", "Delete")
    cluster.apply(with_delete)
    run_until_settled(cluster, controllers)
    cluster.apply(changed(with_delete, "spec.sources", {"cdr": with_delete["spec"]["sources"]["cdr"]}))
    user = Ref(names.KAFKA_USER, "telecom", "demo-network-probe-producer")
    while Ref(names.JOB, "telecom", "demo-network-probe-producer") in children(cluster):
        assert user in children(cluster)
        run(cluster)
        controllers.settle()
    assert user in children(cluster)
    run_until_settled(cluster, controllers)
    assert user not in children(cluster)
    assert Ref(names.KAFKA_TOPIC, "telecom", "demo-network-probe-events") not in children(cluster)


def test_topics_of_a_removed_source_stay_when_records_are_retained(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    cluster.apply(changed(DEMO, "spec.sources", {"cdr": DEMO["spec"]["sources"]["cdr"]}))
    run_until_settled(cluster, controllers)
    assert Ref(names.KAFKA_TOPIC, "telecom", "demo-network-probe-events") in children(cluster)


def test_objects_that_strimzi_made_are_not_pruned(cluster: SqliteCluster, controllers: Controllers) -> None:
    """Strimzi copies the labels of a Kafka to its own objects, all but `managed-by`."""
    labels = owned_by("demo") | {
        "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
        "telecom.dev/stage": "kafka",
    }
    brokers_config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "demo-dual-role-0", "namespace": "telecom", "labels": labels},
        "data": {},
    }
    cluster.apply(brokers_config)
    run_until_settled(cluster, controllers)
    assert cluster.get(ref_of(brokers_config)) is not None


def test_children_are_not_pruned_while_an_endpoint_is_unknown(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    kafka = children(cluster)[KAFKA]
    cluster.apply_status(KAFKA, {**kafka["status"], "listeners": []})
    run(cluster)
    assert {SINK, CDR_JOB} <= set(children(cluster))
