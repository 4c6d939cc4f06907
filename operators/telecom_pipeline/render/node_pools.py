"""Strimzi's KafkaNodePool: the nodes of the cluster."""

from typing import Any

from operators.telecom_pipeline import names
from operators.telecom_pipeline.labels import STRIMZI_CLUSTER_LABEL
from operators.telecom_pipeline.manifest import Manifest
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.quantity import mebibytes
from operators.telecom_pipeline.render.metadata import child, of_kafka
from operators.telecom_pipeline.spec.base import Resources
from operators.telecom_pipeline.stages import Stage

# A quorum that survives the loss of one controller (KIP-500: more than half must agree).
CONTROLLER_COUNT = 3
CONTROLLER_STORAGE_SIZE = "10Gi"
CONTROLLER_RESOURCES = Resources(cpu="500m", memory="2Gi")
# Kafka serves reads from the page cache, which is the rest of the pod's memory.
HEAP_SHARE = 0.5


def render_node_pools(pipeline: Pipeline) -> tuple[Manifest, ...]:
    """One pool that is both, or with controllers of their own one pool of each."""
    kafka = pipeline.kafka
    if not kafka.has_own_controllers:
        roles = ["controller", "broker"]
        return (_pool(pipeline, names.DUAL_ROLE_POOL, roles, kafka.broker_count, kafka.storage_size, kafka.resources),)
    return (
        _pool(
            pipeline,
            names.CONTROLLER_POOL,
            ["controller"],
            CONTROLLER_COUNT,
            CONTROLLER_STORAGE_SIZE,
            CONTROLLER_RESOURCES,
        ),
        _pool(pipeline, names.BROKER_POOL, ["broker"], kafka.broker_count, kafka.storage_size, kafka.resources),
    )


def _pool(
    pipeline: Pipeline, pool: str, roles: list[str], replicas: int, storage_size: str, resources: Resources
) -> Manifest:
    spec: dict[str, Any] = {
        "replicas": replicas,
        "roles": roles,
        "storage": {"type": "jbod", "volumes": [_volume(pipeline, storage_size)]},
        "resources": _resources(resources),
        "jvmOptions": _heap(resources),
    }
    if replicas > 1:
        spec["template"] = {"pod": {"topologySpreadConstraints": [_spread(pipeline, pool)]}}
    return child(
        pipeline,
        names.KAFKA_NODE_POOL,
        names.node_pool(pipeline.name, pool),
        Stage.KAFKA,
        {"spec": spec},
        role=f"kafka-{pool}",
        extra_labels=of_kafka(pipeline),
    )


def _volume(pipeline: Pipeline, size: str) -> dict[str, Any]:
    volume: dict[str, Any] = {
        "id": 0,
        "type": "persistent-claim",
        "size": size,
        "kraftMetadata": "shared",
        "deleteClaim": not pipeline.keeps_records,
    }
    if pipeline.kafka.storage_class is not None:
        volume["class"] = pipeline.kafka.storage_class
    return volume


def _resources(resources: Resources) -> dict[str, Any]:
    return {
        "requests": {"cpu": resources.cpu, "memory": resources.memory},
        "limits": {"memory": resources.memory},
    }


def _heap(resources: Resources) -> dict[str, str]:
    heap = f"{int(mebibytes(resources.memory) * HEAP_SHARE)}m"
    return {"-Xms": heap, "-Xmx": heap}


def _spread(pipeline: Pipeline, pool: str) -> dict[str, Any]:
    """Prefer different hosts. Strimzi adds no spreading of its own (since 0.49 not even for racks)."""
    selector = {
        STRIMZI_CLUSTER_LABEL: names.kafka(pipeline.name),
        "strimzi.io/pool-name": names.node_pool(pipeline.name, pool),
    }
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector},
    }
