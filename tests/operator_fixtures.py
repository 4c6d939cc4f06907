"""Samples as pipelines, endpoints as they would be observed, and controllers that report what a cluster would."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.labels import STAGE_LABEL, owned_by
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, kind_of, ref_of
from operators.telecom_pipeline.objects.names import CHILD_KINDS
from operators.telecom_pipeline.pipeline.endpoints import Endpoints, find_endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.storage_references import required_objects
from operators.telecom_pipeline.validate import validate

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLE_NAMES = ("minimal", "demo", "fraud", "production")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def sample(name: str) -> Manifest:
    resource: Manifest = yaml.safe_load((REPOSITORY / "manifests" / "samples" / f"{name}.yaml").read_text())
    return resource


def pipeline_of(resource: Manifest) -> Pipeline:
    outcome = validate(resource)
    assert isinstance(outcome, Pipeline), "\n".join(map(str, outcome))
    return outcome


CONNECTION_DATA = {
    "endpoint": "http://s3.telecom:9000",
    "host": "catalog.telecom",
    "port": "5432",
    "database": "iceberg",
}


def endpoints_of(pipeline: Pipeline) -> Endpoints:
    """Endpoints as they are found once Kafka is up and every object that the spec refers to is there."""
    bootstrap = f"{pipeline.name}-kafka-bootstrap.{pipeline.namespace}.svc:9093"
    kafka = {"status": {"listeners": [{"name": names.CLIENT_LISTENER, "bootstrapServers": bootstrap}]}}
    children = {Ref(names.KAFKA, pipeline.namespace, names.kafka(pipeline.name)): kafka}
    references = {required.ref: {"data": CONNECTION_DATA} for required in required_objects(pipeline)}
    return find_endpoints(pipeline, children, references)


def changed(resource: Manifest, path: str, value: Any) -> Manifest:
    """Copy with one field set; sections on the way are made."""
    copy = deepcopy(resource)
    *parents, last = path.split(".")
    node = copy
    for key in parents:
        node = node.setdefault(key, {})
    node[last] = value
    return copy


def without(resource: Manifest, section: str) -> Manifest:
    """Copy without a section of the spec."""
    return {**resource, "spec": {key: value for key, value in resource["spec"].items() if key != section}}


STORAGE_OBJECTS: tuple[Manifest, ...] = (
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "lakehouse-s3", "namespace": "telecom"},
        "data": {"endpoint": "http://s3.telecom:9000"},
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "lakehouse-s3", "namespace": "telecom"},
        "stringData": {"access-key-id": "an-id", "secret-access-key": "a-key-nobody-may-see"},
    },
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "lakehouse-catalog", "namespace": "telecom"},
        "data": {"host": "catalog.telecom", "port": "5432", "database": "iceberg"},
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "lakehouse-catalog", "namespace": "telecom"},
        "stringData": {"username": "a-user", "password": "a-password-nobody-may-see"},
    },
)

CRM_OBJECTS: tuple[Manifest, ...] = (
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "crm-database", "namespace": "telecom"},
        "data": {"host": "crm.telecom", "port": "5432", "database": "crm"},
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "crm-database", "namespace": "telecom"},
        "stringData": {"username": "a-user", "password": "a-password-nobody-may-see"},
    },
)
# What `spec.transform` of the demo refers to.
TRANSFORM_OBJECTS: tuple[Manifest, ...] = (
    *CRM_OBJECTS,
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "lakehouse-trino", "namespace": "telecom"},
        "data": {"host": "trino.telecom", "port": "8443"},
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "lakehouse-trino", "namespace": "telecom"},
        "stringData": {"username": "transformer", "password": "a-password-nobody-may-see", "ca.crt": "a certificate"},
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "pii-token-key", "namespace": "telecom"},
        "stringData": {"key-id": "k1", "key": "a-key-nobody-may-see"},
    },
)


def children(cluster: Cluster, name: str = "demo") -> dict[Ref, Manifest]:
    found = (child for kind in CHILD_KINDS for child in cluster.list(kind, "telecom", owned_by(name)))
    return {ref_of(child): child for child in found}


class Controllers:
    """Stands for Strimzi, Flink's operator and the workload controllers: `settle` makes every child a healthy one."""

    def __init__(self, cluster: Cluster, pipeline: str = "demo") -> None:
        self._cluster = cluster
        self._pipeline = pipeline

    def settle(self, kind: str | None = None, name: str | None = None, broken: Collection[Ref] = ()) -> None:
        """Bring children to where they should be: all, or those of a kind and name; never those that are broken."""
        for ref, child in children(self._cluster, self._pipeline).items():
            if kind in (None, ref.kind.name) and name in (None, ref.name) and ref not in broken:
                self.report(ref, healthy_status(child))

    def report(self, ref: Ref, status: Mapping[str, Any]) -> None:
        if status:
            self._cluster.apply_status(ref, status)


def healthy_status(child: Manifest) -> dict[str, Any]:
    make = {
        "Deployment": _deployment,
        "Job": _job,
        "Kafka": _kafka,
        "FlinkDeployment": _flink,
        "ConfigMap": lambda _: {},
    }
    return make.get(kind_of(child).name, _strimzi)(child)


def _strimzi(child: Manifest) -> dict[str, Any]:
    return {
        "observedGeneration": child["metadata"]["generation"],
        "conditions": [{"type": "Ready", "status": "True"}],
    }


def _kafka(child: Manifest) -> dict[str, Any]:
    bootstrap = f"{child['metadata']['name']}-kafka-bootstrap.telecom.svc:9093"
    return _strimzi(child) | {"listeners": [{"name": names.CLIENT_LISTENER, "bootstrapServers": bootstrap}]}


def _flink(child: Manifest) -> dict[str, Any]:
    is_suspended = child["spec"]["job"]["state"] == "suspended"
    return {
        "observedGeneration": child["metadata"]["generation"],
        "lifecycleState": "SUSPENDED" if is_suspended else "STABLE",
        "jobStatus": {"state": "FINISHED" if is_suspended else "RUNNING"},
    }


def _deployment(child: Manifest) -> dict[str, Any]:
    replicas = child["spec"]["replicas"]
    return {
        "observedGeneration": child["metadata"]["generation"],
        "replicas": replicas,
        "updatedReplicas": replicas,
        "availableReplicas": replicas,
    }


# A history is sent soon; a source goes on.
RUNNING = {"active": 1, "ready": 1}
COMPLETED = {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}


def _job(child: Manifest) -> dict[str, Any]:
    if child["spec"]["suspend"]:
        return {"active": 0}
    return COMPLETED if child["metadata"]["labels"][STAGE_LABEL] == Stage.HISTORY else RUNNING
