"""Admin calls to a Kafka on this machine, as its internal super user."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from local.adapters import conditions
from local.adapters.adapter import Surroundings
from local.adapters.kafka.folder import KafkaFolder
from local.adapters.kafka.nodes import REPLICATION
from local.adapters.kafka.properties import INTERNAL_USER
from local.errors import LocalError
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.objects.upstream import STRIMZI_CLUSTER_LABEL

TIMEOUT_SECONDS = 10.0


class KafkaAdminError(LocalError):
    """Kafka refused an admin call or did not answer in time."""


def cluster_of(manifest: Manifest) -> str:
    """Name of the Kafka that a KafkaTopic or KafkaUser belongs to; empty when the label is missing."""
    return str(manifest["metadata"].get("labels", {}).get(STRIMZI_CLUSTER_LABEL, ""))


def kafka_of(manifest: Manifest, surroundings: Surroundings) -> Manifest | None:
    """The Kafka that a KafkaTopic or KafkaUser belongs to."""
    return surroundings.get(Ref(names.KAFKA, manifest["metadata"]["namespace"], cluster_of(manifest)))


class AdminClients:
    """One client per Kafka cluster, which is kept because opening one costs a login."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], AdminClient] = {}

    def ready_client(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> AdminClient | None:
        """Client of the Kafka of a KafkaTopic or KafkaUser, or None while that Kafka is not ready."""
        kafka = kafka_of(manifest, surroundings)
        if kafka is None or not conditions.is_true(kafka, "Ready"):
            return None
        folder = KafkaFolder(machine, manifest["metadata"]["namespace"], cluster_of(manifest))
        addresses = self._addresses(folder)
        key = (addresses, folder.internal_password())
        if key not in self._clients:
            self._clients[key] = AdminClient(_settings(*key))
        return self._clients[key]

    @staticmethod
    def _addresses(folder: KafkaFolder) -> str:
        book = folder.machine.ports.all()
        ports = [port for name, port in book.items() if name.startswith(folder.key) and name.endswith(REPLICATION)]
        return ",".join(f"{LOOPBACK}:{port}" for port in sorted(ports))


def _settings(bootstrap_servers: str, password: str) -> dict[str, Any]:
    return {
        "bootstrap.servers": bootstrap_servers,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanisms": "PLAIN",
        "sasl.username": INTERNAL_USER,
        "sasl.password": password,
        "socket.connection.setup.timeout.ms": 5000,
        # The next call notices a restarted broker, so its lost connections need not be logged.
        "log.connection.close": False,
        "log_level": 2,
    }


def wait_for(tried: str, futures: Mapping[Any, "Future[Any]"]) -> dict[Any, Any]:
    """Results of an admin call by key. Raises `KafkaAdminError` with the first refusal."""
    try:
        return {key: future.result(timeout=TIMEOUT_SECONDS) for key, future in futures.items()}
    except (KafkaException, TimeoutError) as error:
        raise KafkaAdminError(tried, explain(error), "telecom logs kafka") from error


def explain(error: BaseException) -> str:
    """The broker's own words."""
    first = error.args[0] if error.args else error
    return str(first.str()) if hasattr(first, "str") else str(error) or "no answer in time"
