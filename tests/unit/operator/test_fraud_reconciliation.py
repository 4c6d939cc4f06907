"""Fraud detection and the freezer in the order of the pipeline: what starts, waits, stops and goes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from operator_fixtures import CRM_OBJECTS, NOW, STORAGE_OBJECTS, Controllers, changed, children, sample
from passes import Passes

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref, ref_of
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.reconcile.teardown import tear_down

FRAUD = sample("fraud")
FRAUD_REF = ref_of(FRAUD)
JOB = Ref(names.FLINK_DEPLOYMENT, "telecom", "fraud-fraud-detection")
FREEZER = Ref(names.DEPLOYMENT, "telecom", "fraud-account-freezer")
SOURCE = Ref(names.DEPLOYMENT, "telecom", "fraud-cdr-producer")
PUBLISHER = Ref(names.JOB, "telecom", "fraud-fraud-rules-publisher")
PASSES = Passes(FRAUD_REF)
run, run_until_settled = PASSES.run, PASSES.run_until_settled


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[SqliteCluster]:
    store = SqliteCluster(tmp_path / "store.db")
    for manifest in (*STORAGE_OBJECTS, FRAUD):
        store.apply(manifest)
    yield store
    store.close()


@pytest.fixture
def controllers(cluster: SqliteCluster) -> Controllers:
    return Controllers(cluster, "fraud")


def run_all_but_the_job(cluster: SqliteCluster, controllers: Controllers) -> None:
    for _ in range(6):
        run(cluster)
        for kind in ("Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser", "Deployment", "Job"):
            controllers.settle(kind)
    run(cluster)


def with_crm(cluster: SqliteCluster) -> None:
    for manifest in CRM_OBJECTS:
        cluster.apply(manifest)


def stages(cluster: SqliteCluster) -> dict[str, dict[str, Any]]:
    resource = cluster.get(FRAUD_REF)
    assert resource is not None
    return {stage["name"]: stage for stage in resource["status"]["stages"]}


def test_everything_becomes_ready(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_crm(cluster)
    assert run_until_settled(cluster, controllers).is_ready
    assert {JOB, FREEZER, PUBLISHER} <= children(cluster, "fraud").keys()


def test_the_job_waits_for_its_topics(cluster: SqliteCluster, controllers: Controllers) -> None:
    run(cluster)
    controllers.settle("Kafka")
    run(cluster)
    assert JOB not in children(cluster, "fraud")
    assert stages(cluster)["fraud-detection"]["state"] == "Waiting"


def test_the_sources_start_when_frauds_can_be_found(cluster: SqliteCluster, controllers: Controllers) -> None:
    run_all_but_the_job(cluster, controllers)
    assert stages(cluster)["sources"]["message"] == "waits for fraud-detection"
    assert SOURCE not in children(cluster, "fraud")
    controllers.settle("FlinkDeployment")
    run(cluster)
    assert SOURCE in children(cluster, "fraud")


def test_sources_that_run_are_not_stopped_by_a_job_that_fails(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    controllers.report(JOB, {"observedGeneration": 1, "lifecycleState": "FAILED", "jobStatus": {"state": "FAILED"}})
    cluster.apply(changed(FRAUD, "spec.sources.cdr.simulator.eventsPerSecond", 7))
    run(cluster)
    assert stages(cluster)["fraud-detection"]["state"] == "Failed"
    assert children(cluster, "fraud")[SOURCE]["spec"]["replicas"] == 1
    assert children(cluster, "fraud")[SOURCE]["metadata"]["generation"] == 2  # and they are kept up to date


def test_after_a_suspension_the_sources_resume_when_frauds_can_be_found(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    cluster.apply(changed(FRAUD, "spec.desiredState", "Suspended"))
    run_until_settled(cluster, controllers)
    cluster.apply(changed(FRAUD, "spec.desiredState", "Running"))
    run_all_but_the_job(cluster, controllers)
    assert children(cluster, "fraud")[SOURCE]["spec"]["replicas"] == 0
    controllers.settle()
    run(cluster)
    assert children(cluster, "fraud")[SOURCE]["spec"]["replicas"] == 1


def test_without_the_crm_only_the_freezer_waits_and_names_what_is_missing(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    assert not run_until_settled(cluster, controllers).is_ready
    found = stages(cluster)
    assert found["account-freezer"]["state"] == "Waiting"
    assert "crm-database" in found["account-freezer"]["message"]
    assert "spec.fraudDetection.accountFreezer.crm" in found["account-freezer"]["message"]
    assert found["fraud-detection"]["state"] == found["bronze"]["state"] == found["sources"]["state"] == "Ready"
    assert FREEZER not in children(cluster, "fraud")


def test_a_second_pass_writes_nothing(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    version = cluster.resource_version()
    run(cluster)
    assert cluster.resource_version() == version


def test_a_job_that_restarts_forever_degrades_the_pipeline(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    job = children(cluster, "fraud")[JOB]
    generation = job["metadata"]["generation"]
    status = {"observedGeneration": generation, "lifecycleState": "STABLE", "jobStatus": {"state": "RESTARTING"}}
    controllers.report(JOB, status)
    run(cluster)
    assert stages(cluster)["fraud-detection"]["state"] == "Progressing"
    for seconds, state in ((100, "Progressing"), (130, "Failed"), (140, "Failed")):
        reconcile(cluster, FRAUD_REF, NOW + timedelta(seconds=seconds))
        assert stages(cluster)["fraud-detection"]["state"] == state
    controllers.settle("FlinkDeployment")
    run(cluster)
    assert stages(cluster)["fraud-detection"]["state"] == "Ready"


def test_a_changed_rule_runs_the_publisher_again_and_nothing_else(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    before = children(cluster, "fraud")
    cluster.apply(changed(FRAUD, "spec.fraudDetection.rules.callVelocity.maxCalls", 40))
    run(cluster)
    run(cluster)
    after = children(cluster, "fraud")
    assert after[PUBLISHER]["metadata"]["uid"] != before[PUBLISHER]["metadata"]["uid"]
    assert after[JOB]["metadata"]["generation"] == before[JOB]["metadata"]["generation"]


def test_suspending_keeps_the_job_as_suspended(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    cluster.apply(changed(FRAUD, "spec.desiredState", "Suspended"))
    run_until_settled(cluster, controllers)
    assert children(cluster, "fraud")[JOB]["spec"]["job"]["state"] == "suspended"
    assert stages(cluster)["account-freezer"]["state"] == "Suspended"


def test_turned_off_everything_of_it_goes_but_the_records(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    spec = {key: value for key, value in FRAUD["spec"].items() if key != "fraudDetection"}
    cluster.apply(changed(FRAUD, "spec", spec))
    run_until_settled(cluster, controllers)
    left = {str(ref) for ref in children(cluster, "fraud") if "fraud-fraud" in ref.name or "freezer" in ref.name}
    assert left == {
        f"KafkaTopic telecom/fraud-fraud-{name}" for name in ("alerts", "alerts-dlq", "rules", "rule-reports")
    }


def test_teardown_stops_the_freezer_before_the_job_and_the_job_before_kafka(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    with_crm(cluster)
    run_until_settled(cluster, controllers)
    resource = cluster.get(FRAUD_REF)
    assert resource is not None
    order = [ref for _ in range(30) for ref in tear_down(cluster, resource).waiting_for]
    assert order.index(FREEZER) < order.index(JOB)
    assert order.index(JOB) < next(index for index, ref in enumerate(order) if ref.kind == names.KAFKA)
