"""One pass after the other against the store that LocalCluster uses, which counts generations as an API server does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from operator_fixtures import NOW, STORAGE_OBJECTS, TRANSFORM_OBJECTS, Controllers, changed, children, sample

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.labels import owned_by
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan import Delete
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.reconcile.reconciliation import Reconciliation
from operators.telecom_pipeline.reconcile.teardown import report_deletion, tear_down

DEMO = sample("demo")
DEMO_REF = ref_of(DEMO)
SINK = Ref(names.DEPLOYMENT, "telecom", "demo-kafka-to-bronze")
CDR_JOB = Ref(names.JOB, "telecom", "demo-cdr-producer")
CDR_DEPLOYMENT = Ref(names.DEPLOYMENT, "telecom", "demo-cdr-producer")
KAFKA = Ref(names.KAFKA, "telecom", "demo")
CALL_TOPIC = Ref(names.KAFKA_TOPIC, "telecom", "demo-call-events")
UNBOUNDED = {"cdr": {"simulator": {}}}


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


def run(cluster: SqliteCluster, now: datetime = NOW) -> Reconciliation:
    reconciliation = reconcile(cluster, DEMO_REF, now)
    assert reconciliation is not None
    return reconciliation


def run_until_settled(cluster: SqliteCluster, controllers: Controllers) -> Reconciliation:
    for _ in range(16):
        run(cluster)
        controllers.settle()
    return run(cluster)


def condition(cluster: SqliteCluster, type_: str) -> dict[str, Any]:
    return next(found for found in status(cluster)["conditions"] if found["type"] == type_)


def status(cluster: SqliteCluster) -> dict[str, Any]:
    resource = cluster.get(DEMO_REF)
    assert resource is not None
    found: dict[str, Any] = resource["status"]
    return found


def stage(cluster: SqliteCluster, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(stage for stage in status(cluster)["stages"] if stage["name"] == name)
    return found


def kinds(cluster: SqliteCluster) -> set[str]:
    return {ref.kind.name for ref in children(cluster)}


def test_nothing_starts_before_what_it_needs_is_ready(cluster: SqliteCluster, controllers: Controllers) -> None:
    run(cluster)
    assert kinds(cluster) == {"ConfigMap", "Kafka", "KafkaNodePool"}
    controllers.settle()
    run(cluster)
    assert kinds(cluster) == {"ConfigMap", "Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"}
    controllers.settle()
    run(cluster)
    assert SINK in children(cluster)
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
    assert [stage["state"] for stage in status(cluster)["stages"]] == ["Ready"] * len(Stage)
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


def test_an_invalid_spec_keeps_the_last_valid_one_running(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    before = {ref: child.get("spec") for ref, child in children(cluster).items()}
    cluster.apply(changed(DEMO, "spec.kafka.brokerz", 5))
    cluster.delete(SINK)
    run(cluster)
    assert {ref: child.get("spec") for ref, child in children(cluster).items()} == before
    assert condition(cluster, "Ready")["reason"] == "InvalidSpec"
    assert "did you mean 'brokers'?" in condition(cluster, "Degraded")["message"]
    assert status(cluster)["observedGeneration"] == 2


def test_a_change_that_is_not_allowed_is_judged_against_the_last_valid_spec(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    cluster.apply(changed(DEMO, "spec.storage.s3.bucket", "elsewhere"))
    run(cluster)
    cluster.apply(changed(DEMO, "spec.storage.s3.bucket", "elsewhere-still"))
    run(cluster)
    assert "spec.storage.s3.bucket: cannot be changed" in condition(cluster, "Degraded")["message"]


def test_a_spec_that_never_was_valid_makes_no_children(cluster: SqliteCluster) -> None:
    cluster.apply(changed(DEMO, "spec.bronze.commitIntervalSecond", 2))
    run(cluster)
    assert children(cluster) == {}
    assert status(cluster)["stage"] == "Invalid"


def test_paused_reports_and_writes_nothing(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    cluster.apply(changed(changed(DEMO, "spec.paused", True), "spec.kafka.topics.retentionHours", 24))
    cluster.delete(SINK)
    before = children(cluster)
    run(cluster)
    assert children(cluster) == before
    assert condition(cluster, "Paused")["status"] == "True"
    assert stage(cluster, "bronze")["state"] == "Progressing"


def test_paused_is_honoured_in_a_spec_that_is_otherwise_invalid(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    run_until_settled(cluster, controllers)
    cluster.apply(changed(changed(DEMO, "spec.paused", True), "spec.kafka.brokerz", 5))
    cluster.delete(SINK)
    run(cluster)
    assert SINK not in children(cluster)
    assert condition(cluster, "Paused")["status"] == "True"


def test_a_damaged_copy_of_the_accepted_spec_is_put_right(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_until_settled(cluster, controllers)
    copy = Ref(names.CONFIG_MAP, "telecom", names.accepted_spec("demo"))
    before = children(cluster)[copy]
    cluster.apply({**before, "data": {"spec.json": "{"}})
    run(cluster)
    assert children(cluster)[copy]["data"] == before["data"]


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


def test_suspending_stops_the_sources_before_the_sink(cluster: SqliteCluster, controllers: Controllers) -> None:
    running = changed(DEMO, "spec.sources", UNBOUNDED)
    cluster.apply(running)
    run_until_settled(cluster, controllers)
    cluster.apply(changed(running, "spec.desiredState", "Suspended"))
    run(cluster)
    assert children(cluster)[CDR_DEPLOYMENT]["spec"]["replicas"] == 0
    assert children(cluster)[SINK]["spec"]["replicas"] == 1
    assert stage(cluster, "bronze")["message"] == "the sink stops after the sources have stopped"
    controllers.settle(name=CDR_DEPLOYMENT.name)
    run(cluster)
    assert children(cluster)[SINK]["spec"]["replicas"] == 0
    controllers.settle()
    run(cluster)
    assert status(cluster)["stage"] == "Suspended"
    assert condition(cluster, "Ready")["reason"] == "Suspended"


def test_a_source_that_failed_may_still_send_and_holds_the_sink(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    running = changed(DEMO, "spec.sources", UNBOUNDED)
    cluster.apply(running)
    run_until_settled(cluster, controllers)
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "no quota"}
    cluster.apply_status(CDR_DEPLOYMENT, {"observedGeneration": 1, "replicas": 1, "conditions": [failure]})
    cluster.apply(changed(running, "spec.desiredState", "Suspended"))
    run(cluster)
    assert children(cluster)[CDR_DEPLOYMENT]["spec"]["replicas"] == 0
    assert children(cluster)[SINK]["spec"]["replicas"] == 1


def test_resuming_starts_the_sink_before_the_sources(cluster: SqliteCluster, controllers: Controllers) -> None:
    running = changed(DEMO, "spec.sources", UNBOUNDED)
    cluster.apply(changed(running, "spec.desiredState", "Suspended"))
    run_until_settled(cluster, controllers)
    cluster.apply(running)
    run(cluster)
    assert children(cluster)[SINK]["spec"]["replicas"] == 1
    assert children(cluster)[CDR_DEPLOYMENT]["spec"]["replicas"] == 0
    controllers.settle()
    run(cluster)
    assert children(cluster)[CDR_DEPLOYMENT]["spec"]["replicas"] == 1


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
    cluster.apply(changed(DEMO, "spec.sources.cdr.simulator.seed", 7))
    run(cluster)
    assert CDR_JOB not in children(cluster)
    run(cluster)
    assert children(cluster)[CDR_JOB]["metadata"]["uid"] != before


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


def test_an_absent_pipeline_is_no_error(cluster: SqliteCluster) -> None:
    cluster.delete(DEMO_REF)
    assert reconcile(cluster, DEMO_REF, NOW) is None


def test_a_pipeline_on_its_way_out_gets_no_new_children(cluster: SqliteCluster) -> None:
    cluster.set_finalizers(DEMO_REF, ["telecom.dev/teardown"])
    cluster.delete(DEMO_REF)
    assert reconcile(cluster, DEMO_REF, NOW) is None
    assert children(cluster) == {}


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
