"""A spec that is invalid leaves the last valid one running; a paused pipeline is only reported."""

from demo_pipeline import DEMO, SINK, condition, run, run_until_settled, stage, status
from operator_fixtures import Controllers, changed, children

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref


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
