"""How a component of a pipeline reaches Kafka, by the status of Kafka and the Secrets of the component."""

from dataclasses import dataclass, field
from pathlib import Path

from contracts.environment import KAFKA_PASSWORD
from contracts.settings import KafkaConnection
from local.errors import LocalError
from local.state.files import write_atomically
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.objects.upstream import STRIMZI_CA_KEY
from telecom.access.secret_values import secret_value


class KafkaLoginError(LocalError):
    """Kafka is not up, or the user has no password yet."""


@dataclass(frozen=True)
class KafkaLogin:
    """A connection, and the credentials by the environment variables from which jobs read them."""

    connection: KafkaConnection
    credentials: dict[str, str] = field(repr=False)


def kafka_login(cluster: Cluster, namespace: str, pipeline: str, component: str, scratch: Path) -> KafkaLogin:
    """Login of a component; the CA certificate is written to `scratch`. Raises `KafkaLoginError`."""
    user = names.component(pipeline, component)
    password = secret_value(cluster, namespace, user, "password")
    if not password:
        raise KafkaLoginError(f"reach Kafka as {user}", "the user has no password yet", "telecom status")
    connection = KafkaConnection(
        bootstrap_servers=_bootstrap_servers(cluster, namespace, pipeline),
        username=user,
        ca_file=_ca_file(cluster, namespace, pipeline, scratch),
    )
    return KafkaLogin(connection, {KAFKA_PASSWORD: password})


def _bootstrap_servers(cluster: Cluster, namespace: str, pipeline: str) -> str:
    kafka = cluster.get(Ref(names.KAFKA, namespace, names.kafka(pipeline)))
    listeners = (kafka or {}).get("status", {}).get("listeners", [])
    if not listeners:
        raise KafkaLoginError("reach Kafka", f"the Kafka cluster {namespace}/{pipeline} is not up", "telecom status")
    return str(listeners[0]["bootstrapServers"])


def _ca_file(cluster: Cluster, namespace: str, pipeline: str, scratch: Path) -> Path | None:
    certificate = secret_value(cluster, namespace, names.cluster_ca_secret(pipeline), STRIMZI_CA_KEY)
    if not certificate:
        return None
    file = scratch / f"{pipeline}-ca.crt"
    write_atomically(file, certificate)
    return file
