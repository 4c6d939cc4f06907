"""The nodes of a Kafka: which ids each KafkaNodePool gets, and where each node listens. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.adapters.adapter import ManifestError
from local.supervisor.loopback import LOOPBACK
from operators.telecom_pipeline.objects.manifest import Manifest

# Strimzi's names of its own two listeners.
CONTROL_PLANE = "CONTROLPLANE-9090"
REPLICATION = "REPLICATION-9091"
INTERNAL_LISTENERS = (CONTROL_PLANE, REPLICATION)
# Strimzi's name of the port for Prometheus.
METRICS_PORT_NAME = "tcp-prometheus"
ALL_INTERFACES = "0.0.0.0"  # noqa: S104 (only where the machine has an address for clients)


@dataclass(frozen=True)
class Node:
    """One broker, controller or both, with ports by listener name. Clients find it at `client_host`.

    `metrics_port` is None if the resource does not ask for metrics.
    """

    id: int
    pool: str
    roles: tuple[str, ...]
    heap: str
    ports: Mapping[str, int]
    client_host: str = LOOPBACK
    metrics_port: int | None = None

    @property
    def is_controller(self) -> bool:
        """Whether it votes in the quorum."""
        return "controller" in self.roles

    @property
    def is_broker(self) -> bool:
        """Whether clients talk to it."""
        return "broker" in self.roles

    def address(self, listener: str) -> str:
        """`host:port` at which a listener is reached."""
        host = LOOPBACK if listener in INTERNAL_LISTENERS else self.client_host
        return f"{host}:{self.ports[listener]}"

    def binding(self, listener: str) -> str:
        """`host:port` that a listener binds: only loopback, unless clients come from elsewhere."""
        is_reached_from_outside = listener not in INTERNAL_LISTENERS and self.client_host != LOOPBACK
        return f"{ALL_INTERFACES if is_reached_from_outside else LOOPBACK}:{self.ports[listener]}"


def assign_node_ids(pools: Sequence[Manifest], assigned: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Ids of each pool's nodes by pool name; `assigned` ones stay, and a pool that shrinks loses its highest."""
    kept = {pool["metadata"]["name"]: list(assigned.get(pool["metadata"]["name"], [])) for pool in pools}
    taken = {node_id for ids in kept.values() for node_id in ids}
    for pool in pools:
        ids = kept[pool["metadata"]["name"]]
        wanted = pool["spec"]["replicas"]
        while len(ids) < wanted:
            ids.append(next(number for number in range(len(taken) + 1) if number not in taken))
            taken.add(ids[-1])
        del ids[wanted:]
    return kept


def client_listener(listener: Mapping[str, Any]) -> str:
    """Name in Kafka of a listener of the resource, as Strimzi builds it."""
    return f"{listener['name'].upper()}-{listener['port']}"


def plan_nodes(
    kafka: Manifest,
    pools: Sequence[Manifest],
    node_ids: Mapping[str, Sequence[int]],
    claim_port: Callable[[int, str], int],
    default_heap: str,
    client_host: str = LOOPBACK,
) -> list[Node]:
    """Every node, ordered by id. Raises `ManifestError` when there is no broker or no controller."""
    nodes = [
        replace(_node(kafka, pool, node_id, claim_port, default_heap), client_host=client_host)
        for pool in pools
        for node_id in node_ids[pool["metadata"]["name"]]
    ]
    for role in ("controller", "broker"):
        if not any(role in node.roles for node in nodes):
            name = kafka["metadata"]["name"]
            why = f"none of its {len(pools)} node pools has the role {role}"
            raise ManifestError(f"run Kafka {name}", why, f"add a KafkaNodePool labelled strimzi.io/cluster: {name}")
    return sorted(nodes, key=lambda node: node.id)


def _node(
    kafka: Manifest, pool: Manifest, node_id: int, claim_port: Callable[[int, str], int], default_heap: str
) -> Node:
    roles = tuple(pool["spec"]["roles"])
    listeners = [CONTROL_PLANE] if "controller" in roles else []
    if "broker" in roles:
        listeners += [REPLICATION, *(client_listener(listener) for listener in kafka["spec"]["kafka"]["listeners"])]
    options = pool["spec"].get("jvmOptions") or kafka["spec"]["kafka"].get("jvmOptions") or {}
    return Node(
        id=node_id,
        pool=pool["metadata"]["name"],
        roles=roles,
        heap=options.get("-Xmx", default_heap),
        ports={listener: claim_port(node_id, listener) for listener in listeners},
        metrics_port=claim_port(node_id, METRICS_PORT_NAME) if kafka["spec"]["kafka"].get("metricsConfig") else None,
    )
