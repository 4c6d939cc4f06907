"""The demo in the store that LocalCluster uses, which counts generations as an API server does, pass by pass."""

from typing import Any

from operator_fixtures import children, sample
from passes import Passes

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref, ref_of

DEMO = sample("demo")
DEMO_REF = ref_of(DEMO)
SINK = Ref(names.DEPLOYMENT, "telecom", "demo-kafka-to-bronze")
CDR_JOB = Ref(names.JOB, "telecom", "demo-cdr-producer")
HISTORY_JOB = Ref(names.JOB, "telecom", "demo-cdr-history")
CDR_DEPLOYMENT = Ref(names.DEPLOYMENT, "telecom", "demo-cdr-producer")
KAFKA = Ref(names.KAFKA, "telecom", "demo")
CALL_TOPIC = Ref(names.KAFKA_TOPIC, "telecom", "demo-call-events")
UNBOUNDED = {"cdr": {"simulator": {}}}
PASSES = Passes(DEMO_REF)
run, run_until_settled = PASSES.run, PASSES.run_until_settled


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
