"""Real engines for tests, on one LocalCluster per session: each started when a test first asks for it."""

import base64
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from contracts import environment
from contracts.settings import JdbcCatalog, KafkaConnection, S3Connection
from local.cluster.local_cluster import LocalCluster
from local.services.minio import BUCKET, REGION
from local.services.postgres import CATALOG_DATABASE
from local.services.trino import CATALOG
from local.services.trino_logins import TrinoUser
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.objects.upstream import STRIMZI_CA_KEY, STRIMZI_CLUSTER_LABEL
from telecom.access.trino_login import TrinoLogin, trino_login

NAMESPACE = "tests"
KAFKA_NAME = "shared"
ADMIN = "tests-admin"
# Trino takes ten seconds of two cores; on a machine that does other work, minutes.
START_SECONDS = 240.0
CHANGE_SECONDS = 30.0
LEADER_SECONDS = 10.0
# What a broker says of its partitions in the first moments after it has come back.
NOT_YET = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}


def wait_until(condition: Callable[[], object], what: str, seconds: float = CHANGE_SECONDS) -> None:
    """Poll until `condition` holds, or fail naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def log_end(consumer: Consumer, topic: str, seconds: float = LEADER_SECONDS) -> int:
    """End of a topic's only partition. A broker that has just come back may not lead it yet: that is asked again."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return int(consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=20)[1])
        except KafkaException as error:
            if error.args[0].code() not in NOT_YET or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def condition_of(manifest: Manifest | None, kind: str) -> Mapping[str, Any]:
    """Condition of that type, or an empty one."""
    conditions = (manifest or {}).get("status", {}).get("conditions", [])
    return next((found for found in conditions if found["type"] == kind), {})


def has_settled(manifest: Manifest | None) -> bool:
    """Whether the status is about the present generation."""
    if manifest is None:
        return False
    return manifest.get("status", {}).get("observedGeneration") == manifest["metadata"]["generation"]


@dataclass(frozen=True)
class KafkaEngine:
    """A Kafka with a SCRAM listener in plain text and one with TLS, authorization on."""

    cluster: LocalCluster

    @property
    def ref(self) -> Ref:
        return Ref(names.KAFKA, NAMESPACE, KAFKA_NAME)

    def bootstrap_servers(self, listener: str = "clients") -> str:
        """Of the listener `clients` (SCRAM) or `secure` (SCRAM over TLS)."""
        manifest = self.cluster.store.get(self.ref)
        assert manifest is not None
        found = [entry for entry in manifest["status"]["listeners"] if entry["name"] == listener]
        return str(found[0]["bootstrapServers"])

    def connection(self, username: str = ADMIN) -> KafkaConnection:
        """Settings for a job that logs in as that user; its password is in `environ`."""
        return KafkaConnection(bootstrap_servers=self.bootstrap_servers(), username=username)

    def environ(self, username: str = ADMIN) -> dict[str, str]:
        """Environment with the user's password."""
        return {environment.KAFKA_PASSWORD: self.password(username)}

    def client_settings(self, username: str = ADMIN, password: str | None = None) -> dict[str, Any]:
        """librdkafka settings for that user; the admin may do everything."""
        return {
            "bootstrap.servers": self.bootstrap_servers(),
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": username,
            "sasl.password": password or self.password(username),
        }

    def password(self, username: str) -> str:
        """Password from the user's Secret."""
        secret = self.cluster.store.get(Ref(names.SECRET, NAMESPACE, username))
        assert secret is not None
        return base64.b64decode(secret["data"]["password"]).decode()

    def certificate(self) -> str:
        """The cluster's authority, PEM."""
        secret = self.cluster.store.get(Ref(names.SECRET, NAMESPACE, names.cluster_ca_secret(KAFKA_NAME)))
        assert secret is not None
        return base64.b64decode(secret["data"][STRIMZI_CA_KEY]).decode()

    def create_topic(self, name: str, partitions: int = 1, config: Mapping[str, object] | None = None) -> Ref:
        """Apply a KafkaTopic and wait until it is ready."""
        spec = {"topicName": name, "partitions": partitions, "replicas": 1, "config": dict(config or {})}
        return self.apply_and_wait(names.KAFKA_TOPIC, name.replace("_", "-"), spec)

    def create_user(self, name: str, acls: Sequence[Mapping[str, Any]] = ()) -> str:
        """Apply a KafkaUser, wait until it is ready, return its password."""
        spec = {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": [dict(acl) for acl in acls]},
        }
        self.apply_and_wait(names.KAFKA_USER, name, spec)
        return self.password(name)

    def kill_broker(self) -> None:
        """`kill -9` of the broker; returns when it is ready again, at the same address."""
        pid = self.cluster.machine.supervisor.command_pid(f"kafka.{NAMESPACE}.{KAFKA_NAME}.0")
        assert pid is not None
        psutil.Process(pid).kill()
        wait_until(lambda: condition_of(self.cluster.store.get(self.ref), "NotReady"), "the death is in the status")
        wait_until(lambda: is_ready(self.cluster.store.get(self.ref)), "Kafka is ready again", START_SECONDS)

    def apply_and_wait(self, kind: Any, name: str, spec: Mapping[str, Any]) -> Ref:
        """Apply a KafkaTopic or KafkaUser and wait until its status is about this spec and Ready."""
        metadata = {"name": name, "namespace": NAMESPACE, "labels": {STRIMZI_CLUSTER_LABEL: KAFKA_NAME}}
        manifest = {"apiVersion": kind.api_version, "kind": kind.name, "metadata": metadata, "spec": dict(spec)}
        self.cluster.store.apply(manifest)
        ref = ref_of(manifest)
        wait_until(lambda: is_ready(self.cluster.store.get(ref)), f"{ref} is ready")
        return ref


def is_ready(manifest: Manifest | None) -> bool:
    """Whether an object of Strimzi's is ready as it is written now."""
    return has_settled(manifest) and condition_of(manifest, "Ready").get("status") == "True"


def start_kafka(cluster: LocalCluster) -> KafkaEngine:
    """Apply the shared Kafka and its admin, and wait for both."""
    engine = KafkaEngine(cluster)
    for manifest in kafka_manifests():
        cluster.store.apply(manifest)
    wait_until(lambda: is_ready(cluster.store.get(engine.ref)), "Kafka is ready", START_SECONDS)
    engine.create_user(ADMIN)
    return engine


def kafka_manifests() -> tuple[Manifest, Manifest]:
    """One dual-role node; internal topics with one replica."""
    scram = {"type": "scram-sha-512"}
    one_replica = ("offsets.topic.replication.factor", "transaction.state.log.replication.factor")
    spec = {
        "kafka": {
            "listeners": [
                {"name": "clients", "port": 9092, "type": "internal", "tls": False, "authentication": scram},
                {"name": "secure", "port": 9093, "type": "internal", "tls": True, "authentication": scram},
            ],
            "authorization": {"type": "simple", "superUsers": [ADMIN]},
            "config": {key: 1 for key in (*one_replica, "transaction.state.log.min.isr")}
            | {"auto.create.topics.enable": False, "offsets.topic.num.partitions": 3},
        },
    }
    pool = {
        "replicas": 1,
        "roles": ["controller", "broker"],
        "storage": {"type": "jbod", "volumes": [{"id": 0, "type": "persistent-claim", "size": "1Gi"}]},
    }
    metadata = {"name": KAFKA_NAME, "namespace": NAMESPACE}
    labelled = {"name": "dual-role", "namespace": NAMESPACE, "labels": {STRIMZI_CLUSTER_LABEL: KAFKA_NAME}}
    api = names.KAFKA.api_version
    return (
        {"apiVersion": api, "kind": "KafkaNodePool", "metadata": labelled, "spec": pool},
        {"apiVersion": api, "kind": "Kafka", "metadata": metadata, "spec": spec},
    )


@dataclass(frozen=True)
class LakeEngine:
    """Coordinates of object storage and catalog, as a job gets them; Trino is started by its own fixture."""

    cluster: LocalCluster

    def s3(self, prefix: str) -> S3Connection:
        """The bucket, below a prefix of the caller's own."""
        endpoint = self.cluster.services.minio.endpoint(self.cluster.machine)
        return S3Connection(endpoint=endpoint, region=REGION, bucket=BUCKET, prefix=prefix)

    def catalog(self) -> JdbcCatalog:
        """The catalog that Trino reads too."""
        port = self.cluster.services.postgres.port(self.cluster.machine)
        return JdbcCatalog(name=CATALOG, host="127.0.0.1", port=port, database=CATALOG_DATABASE, ssl_mode="disable")

    def trino(self, user: TrinoUser = TrinoUser.TRANSFORMER) -> TrinoLogin:
        """Trino, as this user finds it."""
        return trino_login(self.cluster.machine.state, user)

    def environ(self) -> dict[str, str]:
        """Credentials of both, as jobs expect them."""
        machine, services = self.cluster.machine, self.cluster.services
        user, password = services.postgres.credentials(machine, CATALOG_DATABASE)
        key_id, key = services.minio.credentials(machine)
        return {
            environment.CATALOG_USERNAME: user,
            environment.CATALOG_PASSWORD: password,
            environment.S3_ACCESS_KEY_ID: key_id,
            environment.S3_SECRET_ACCESS_KEY: key,
        }


def start_services(cluster: LocalCluster, *wanted: str) -> None:
    """Start services and wait until they can be used."""
    cluster.services.want(*wanted)
    wait_until(lambda: cluster.services.is_ready(*wanted), f"ready: {', '.join(wanted)}", START_SECONDS)


@contextmanager
def running(cluster: LocalCluster) -> Iterator[LocalCluster]:
    """The cluster's loop in a thread; every process is stopped at the end."""
    cluster.start_thread()
    try:
        yield cluster
    finally:
        cluster.close(stop_processes=True)
