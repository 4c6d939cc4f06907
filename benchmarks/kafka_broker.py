"""One plain Kafka broker in a temporary folder, for measurements of a single part."""

import base64
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from local.artefacts.java import system_java
from local.artefacts.kafka import kafka_jars
from local.supervisor.loopback import LOOPBACK

START_SECONDS = 60


@contextmanager
def running_broker(heap: str = "768m") -> Iterator[str]:
    """Bootstrap address of a broker that runs until the end of the `with` block."""
    folder = Path(tempfile.mkdtemp(prefix="telecom-broker-"))
    address, controller = (f"{LOOPBACK}:{port}" for port in _free_ports(2))
    properties = folder / "server.properties"
    properties.write_text(_properties(address, controller, folder / "data"))
    java = [str(system_java()), f"-Xmx{heap}", "-cp", f"{kafka_jars()}/*"]
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    format_storage = [*java, "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(properties)]
    subprocess.run(format_storage, check=True, capture_output=True, timeout=START_SECONDS)
    with (folder / "broker.log").open("wb") as log:
        process = subprocess.Popen([*java, "kafka.Kafka", str(properties)], stdout=log, stderr=log, cwd=folder)
    try:
        _until_it_works(lambda: AdminClient({"bootstrap.servers": address, "log_level": 0}).list_topics(timeout=2))
        yield address
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        shutil.rmtree(folder)


def create_topics(address: str, topics: Sequence[str], partitions: int) -> None:
    """Create topics of one replica; returns when their partitions have leaders."""
    requests = [NewTopic(topic, partitions, 1) for topic in topics]
    admin = AdminClient({"bootstrap.servers": address})
    for future in admin.create_topics(requests).values():
        future.result(START_SECONDS)
    for topic in topics:
        _until_it_works(partial(record_count, address, topic))


def record_count(address: str, topic: str) -> int:
    """Records of a topic by its offsets."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "count"})
    try:
        partitions = consumer.list_topics(topic, timeout=START_SECONDS).topics[topic].partitions
        marks = [consumer.get_watermark_offsets(TopicPartition(topic, number)) for number in partitions]
        return sum(high - low for low, high in marks)
    finally:
        consumer.close()


def _properties(address: str, controller: str, data: Path) -> str:
    return "\n".join(
        [
            "process.roles=broker,controller",
            "node.id=1",
            f"controller.quorum.voters=1@{controller}",
            f"listeners=PLAINTEXT://{address},CONTROLLER://{controller}",
            "controller.listener.names=CONTROLLER",
            f"log.dirs={data}",
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.num.partitions=1",
            "transaction.state.log.min.isr=1",
            "auto.create.topics.enable=false",
        ]
    )


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _until_it_works(ask: Callable[[], object]) -> None:
    """Ask Kafka until it answers without an error, for `START_SECONDS` at most."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            ask()
            return
        except KafkaException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
