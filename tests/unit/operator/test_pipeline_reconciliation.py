"""A pass starts what may start, keeps what runs, puts right what drifted, and writes nothing twice."""

from datetime import timedelta

from demo_pipeline import CDR_JOB, DEMO, DEMO_REF, HISTORY_JOB, SINK, kinds, run, run_until_settled, stage, status
from operator_fixtures import NOW, STORAGE_OBJECTS, Controllers, changed, children

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.reconcile.one_pass import reconcile


def test_nothing_starts_before_what_it_needs_is_ready(cluster: SqliteCluster, controllers: Controllers) -> None:
    run(cluster)
    assert kinds(cluster) == {"ConfigMap", "Kafka", "KafkaNodePool"}
    controllers.settle()
    run(cluster)
    assert kinds(cluster) == {"ConfigMap", "Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"}
    controllers.settle()
    run(cluster)
    assert SINK in children(cluster)
    assert HISTORY_JOB not in children(cluster)
    controllers.settle()
    run(cluster)
    assert HISTORY_JOB in children(cluster)
    assert CDR_JOB not in children(cluster)
    controllers.settle()
    run(cluster)
    assert CDR_JOB in children(cluster)


def test_a_missing_reference_holds_the_sink_and_names_the_object(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    cluster.delete(Ref(names.SECRET, "telecom", "lakehouse-s3"))
    run_until_settled(cluster, controllers)
    assert SINK not in children(cluster)
    assert stage(cluster, "storage")["state"] == "Waiting"
    assert (
        "Secret telecom/lakehouse-s3 (spec.storage.s3.credentialsSecretRef) does not exist"
        in (stage(cluster, "storage")["message"])
    )
    assert stage(cluster, "bronze")["message"] == "waits for storage"


def test_a_secret_without_a_key_is_reported_with_the_key(cluster: SqliteCluster, controllers: Controllers) -> None:
    secret = {**STORAGE_OBJECTS[1], "stringData": {"access-key-id": "an-id"}}
    cluster.apply(secret)
    run_until_settled(cluster, controllers)
    assert "has no key 'secret-access-key'" in stage(cluster, "storage")["message"]


def test_ready_follows_when_every_child_is(cluster: SqliteCluster, controllers: Controllers) -> None:
    assert run_until_settled(cluster, controllers).is_ready
    assert status(cluster)["stage"] == "Running"
    assert {each["name"]: each["state"] for each in status(cluster)["stages"]} == {
        each: "Completed" if each is Stage.HISTORY else "Ready" for each in Stage
    }
    assert status(cluster)["endpoints"] == {
        "kafkaBootstrapServers": "demo-kafka-bootstrap.telecom.svc:9093",
        "s3Endpoint": "http://s3.telecom:9000",
        "catalog": "jdbc://catalog.telecom:5432/iceberg",
    }


def test_a_pipeline_whose_runs_are_over_is_completed_and_ready(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    for name in ("demo-cdr-producer", "demo-network-probe-producer"):
        complete = {"conditions": [{"type": "Complete", "status": "True"}]}
        cluster.apply_status(Ref(names.JOB, "telecom", name), complete)
    assert run(cluster).is_ready
    assert status(cluster)["stage"] == "Completed"


def test_a_second_pass_writes_nothing(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    before = cluster.resource_version()
    run(cluster, NOW + timedelta(hours=1))
    assert cluster.resource_version() == before


def test_drift_is_put_right(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    desired = children(cluster)
    for child in desired.values():
        body = "data" if "data" in child else "spec"
        cluster.apply({**child, body: {**child[body], "drifted": "by-hand"}})
    run(cluster)
    for ref, child in children(cluster).items():
        body = "data" if "data" in child else "spec"
        assert child[body] == desired[ref][body], ref


def test_a_change_counts_as_progress_until_its_controller_has_seen_it(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    cluster.apply(changed(DEMO, "spec.kafka.topics.retentionHours", 24))
    assert not run(cluster).is_ready
    assert stage(cluster, "topics")["reason"] == "StaleStatus"
    controllers.settle()
    assert run(cluster).is_ready


def test_a_finished_run_is_not_repeated_for_a_new_image(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    before = children(cluster)[CDR_JOB]
    cluster.apply(changed(DEMO, "spec.image.tag", "next"))
    run(cluster)
    after = children(cluster)[CDR_JOB]
    assert (after["metadata"]["uid"], after["spec"]) == (before["metadata"]["uid"], before["spec"])


def test_a_changed_run_gets_a_new_job(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    before = children(cluster)[CDR_JOB]["metadata"]["uid"]
    cluster.apply(changed(DEMO, "spec.sources.cdr.simulator.durationSeconds", 7))
    run(cluster)
    assert CDR_JOB not in children(cluster)
    run(cluster)
    assert children(cluster)[CDR_JOB]["metadata"]["uid"] != before


def test_an_absent_pipeline_is_not_an_error(cluster: SqliteCluster) -> None:
    cluster.delete(DEMO_REF)
    assert reconcile(cluster, DEMO_REF, NOW) is None


def test_a_pipeline_on_its_way_out_gets_no_new_children(cluster: SqliteCluster) -> None:
    cluster.set_finalizers(DEMO_REF, ["telecom.dev/teardown"])
    cluster.delete(DEMO_REF)
    assert reconcile(cluster, DEMO_REF, NOW) is None
    assert children(cluster) == {}
