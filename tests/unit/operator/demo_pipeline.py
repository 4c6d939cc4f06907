"""The demo in the store that LocalCluster uses, which counts generations as an API server does, pass by pass."""

from datetime import datetime
from typing import Any

from operator_fixtures import NOW, Controllers, children, sample

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref, ref_of
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.reconcile.reconciliation import Reconciliation

DEMO = sample("demo")
DEMO_REF = ref_of(DEMO)
SINK = Ref(names.DEPLOYMENT, "telecom", "demo-kafka-to-bronze")
CDR_JOB = Ref(names.JOB, "telecom", "demo-cdr-producer")
CDR_DEPLOYMENT = Ref(names.DEPLOYMENT, "telecom", "demo-cdr-producer")
KAFKA = Ref(names.KAFKA, "telecom", "demo")
CALL_TOPIC = Ref(names.KAFKA_TOPIC, "telecom", "demo-call-events")
UNBOUNDED = {"cdr": {"simulator": {}}}


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
