"""Sources stop before the sink, and start after it."""

from demo_pipeline import CDR_DEPLOYMENT, DEMO, SINK, UNBOUNDED, condition, run, run_until_settled, stage, status
from operator_fixtures import Controllers, changed, children

from local.cluster.object_store import SqliteCluster


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
