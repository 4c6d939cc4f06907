"""Strimzi's KafkaNodePool: the nodes of the cluster."""

from typing import Any

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.quantity import mebibytes
from operators.telecom_pipeline.objects.upstream import STRIMZI_CLUSTER_LABEL
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render.metadata import Identity, child, of_kafka
from operators.telecom_pipeline.spec.base import Resources

# A quorum that survives the loss of one controller (KIP-500: more than half must agree). Strimzi cannot change the
# number of controllers of a running cluster (strimzi-kafka-operator#9429).
CONTROLLER_COUNT = 3
CONTROLLER_STORAGE_SIZE = "10Gi"
CONTROLLER_RESOURCES = Resources(cpu="500m", memory="2Gi")
# Kafka serves reads from the page cache, which gets the rest of the pod's memory.
HEAP_SHARE = 0.5


def render_node_pools(pipeline: Pipeline) -> tuple[Manifest, ...]:
    """Pools of the profile. The number of controllers never changes; see `CONTROLLER_COUNT`."""
    return _production_pools(pipeline) if pipeline.kafka.has_own_controllers else _dev_pools(pipeline)


def _production_pools(pipeline: Pipeline) -> tuple[Manifest, ...]:
    controllers = _pool(
        pipeline,
        names.CONTROLLER_POOL,
        ["controller"],
        CONTROLLER_COUNT,
        CONTROLLER_STORAGE_SIZE,
        CONTROLLER_RESOURCES,
    )
    return (controllers, _broker_pool(pipeline, pipeline.kafka.broker_count))


def _dev_pools(pipeline: Pipeline) -> tuple[Manifest, ...]:
    """One node is both controller and broker; any further nodes are only brokers."""
    kafka = pipeline.kafka
    roles = ["controller", "broker"]
    first = _pool(pipeline, names.DUAL_ROLE_POOL, roles, 1, kafka.storage_size, kafka.resources)
    further_count = kafka.broker_count - 1
    return (first, _broker_pool(pipeline, further_count)) if further_count else (first,)


def _broker_pool(pipeline: Pipeline, count: int) -> Manifest:
    kafka = pipeline.kafka
    return _pool(pipeline, names.BROKER_POOL, ["broker"], count, kafka.storage_size, kafka.resources)


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
    name = names.node_pool(pipeline.name, pool)
    identity = Identity(names.KAFKA_NODE_POOL, name, Stage.KAFKA, f"kafka-{pool}")
    return child(pipeline, identity, {"spec": spec}, extra_labels=of_kafka(pipeline))


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
    """Prefer different hosts. Strimzi itself does not spread pods (since 0.49 not even over racks)."""
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
