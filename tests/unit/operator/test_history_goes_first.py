"""Sources start when the history has been sent, and not before."""

from demo_pipeline import CDR_DEPLOYMENT, DEMO, HISTORY_JOB, SINK, UNBOUNDED, run, run_until_settled, stage, status
from operator_fixtures import COMPLETED, RUNNING, Controllers, changed, children

from local.cluster.object_store import SqliteCluster

SOURCE_ONLY = changed(DEMO, "spec.sources", UNBOUNDED)
ENDLESS = changed(SOURCE_ONLY, "spec.sources.cdr.simulator.history", {})


def with_history_at(cluster: SqliteCluster, controllers: Controllers, job_status: dict[str, object]) -> None:
    """Everything is healthy, but the history is where `job_status` says."""
    cluster.apply(ENDLESS)
    for _ in range(16):
        run(cluster)
        controllers.settle(broken={HISTORY_JOB})
        if HISTORY_JOB in children(cluster):
            cluster.apply_status(HISTORY_JOB, job_status)
    run(cluster)


def test_sources_wait_for_the_end_of_the_history(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_history_at(cluster, controllers, RUNNING)
    assert stage(cluster, "history")["state"] == "Ready"
    assert stage(cluster, "sources")["message"] == "waits for the end of history"
    assert CDR_DEPLOYMENT not in children(cluster)
    cluster.apply_status(HISTORY_JOB, COMPLETED)
    run(cluster)
    assert CDR_DEPLOYMENT in children(cluster)


def test_a_history_that_failed_is_named_and_holds_the_sources(cluster: SqliteCluster, controllers: Controllers) -> None:
    failure = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "no broker"}
    with_history_at(cluster, controllers, {"conditions": [failure]})
    assert stage(cluster, "history")["state"] == "Failed"
    assert CDR_DEPLOYMENT not in children(cluster)


def test_a_history_that_is_added_later_does_not_stop_the_sources(
    cluster: SqliteCluster, controllers: Controllers
) -> None:
    cluster.apply(SOURCE_ONLY)
    run_until_settled(cluster, controllers)
    with_history_at(cluster, controllers, RUNNING)
    assert children(cluster)[CDR_DEPLOYMENT]["spec"]["replicas"] == 1
    assert HISTORY_JOB in children(cluster)


def test_the_sink_stops_after_a_history_has_stopped(cluster: SqliteCluster, controllers: Controllers) -> None:
    with_history_at(cluster, controllers, RUNNING)
    cluster.apply(changed(ENDLESS, "spec.desiredState", "Suspended"))
    run(cluster)
    assert children(cluster)[HISTORY_JOB]["spec"]["suspend"] is True
    assert children(cluster)[SINK]["spec"]["replicas"] == 1
    controllers.settle()
    run(cluster)
    assert children(cluster)[SINK]["spec"]["replicas"] == 0
    controllers.settle()
    run(cluster)
    assert status(cluster)["stage"] == "Suspended"
