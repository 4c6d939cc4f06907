"""How a component's pod reaches Kafka: connection, password from its KafkaUser's Secret, the cluster's certificate."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from contracts import environment
from contracts.settings import KafkaConnection
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.upstream import STRIMZI_CA_KEY
from operators.telecom_pipeline.pipeline.pipeline import Pipeline

CA_FOLDER = PurePosixPath("/etc/kafka-ca")
CA_VOLUME = "kafka-ca"


@dataclass(frozen=True)
class SecretKey:
    """Where an environment variable's value is kept."""

    variable: str
    secret: str
    key: str

    def env(self) -> dict[str, Any]:
        """Entry of a container's `env`."""
        return {"name": self.variable, "valueFrom": {"secretKeyRef": {"name": self.secret, "key": self.key}}}


@dataclass(frozen=True)
class Mount:
    """A volume and where a container sees it."""

    volume: dict[str, Any]
    path: str
    is_read_only: bool = True

    def volume_mount(self) -> dict[str, Any]:
        """Entry of a container's `volumeMounts`."""
        return {"name": self.volume["name"], "mountPath": self.path, "readOnly": self.is_read_only}


@dataclass(frozen=True)
class KafkaClient:
    """All that a pod needs to log in to Kafka as one user."""

    connection: KafkaConnection
    credentials: tuple[SecretKey, ...]
    mounts: tuple[Mount, ...] = field(default=())


def kafka_client(pipeline: Pipeline, component: str, bootstrap_servers: str) -> KafkaClient:
    """Client of the component's own KafkaUser; Strimzi gives the password's Secret the user's name."""
    user = names.component(pipeline.name, component)
    is_tls = pipeline.kafka.is_tls
    connection = KafkaConnection.model_validate(
        {
            "bootstrap_servers": bootstrap_servers,
            "username": user,
            "ca_file": str(CA_FOLDER / STRIMZI_CA_KEY) if is_tls else None,
        }
    )
    password = SecretKey(environment.KAFKA_PASSWORD, user, "password")
    return KafkaClient(connection, (password,), (_certificate(pipeline),) if is_tls else ())


def _certificate(pipeline: Pipeline) -> Mount:
    """Only the certificate: the Secret also holds a keystore and its password, which no client here uses."""
    secret = {
        "secretName": names.cluster_ca_secret(pipeline.name),
        "items": [{"key": STRIMZI_CA_KEY, "path": STRIMZI_CA_KEY}],
    }
    return Mount({"name": CA_VOLUME, "secret": secret}, str(CA_FOLDER))
