"""One topic, one table and sinks over them, with the questions that tests ask of all three."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from engines import log_end
from pyiceberg.catalog import Catalog
from pyiceberg.table import Table
from sink_engines import WAIT_SECONDS, Engines, wait_until
from sink_process import SinkProcess

from contracts.settings import KafkaConnection, SinkSettings
from contracts.sink_progress import progress_of
from contracts.topics import LEDGER_TOPIC, dead_letter_topic
from jobs.nightly.gates.judging.completeness import Step, completeness, steps_of
from local.supervisor.machine import base_environment

TOPIC = "call_events"
PARTITIONS = 3


@dataclass
class SinkLab:
    """One topic, one table, any number of sinks over them."""

    engines: Engines
    folder: Path
    name: str
    commit_interval_seconds: float = 0.5
    commit_bytes: int = 2_000_000
    produced: set[tuple[int, int]] = field(default_factory=set)
    _sinks: list[SinkProcess] = field(default_factory=list)
    _catalog: Catalog | None = None

    @property
    def settings(self) -> SinkSettings:
        return SinkSettings(
            kafka=KafkaConnection(bootstrap_servers=self.engines.bootstrap_servers),
            s3=self.engines.s3,
            catalog=self.engines.catalog_settings,
            consumer_group=self.name,
            topics=(TOPIC,),
            namespace=self.name,
            commit_bytes=self.commit_bytes,
            commit_interval_seconds=self.commit_interval_seconds,
        )

    def settings_file(self) -> Path:
        file = self.folder / "settings.json"
        file.write_text(self.settings.model_dump_json())
        return file

    def environ(self, **more: str) -> dict[str, str]:
        return {**base_environment(), **self.engines.credentials(), "METRICS_HOST": "127.0.0.1", **more}

    def start_sink(self, fail_point: str = "") -> SinkProcess:
        """Start a sink; with `fail_point` it will kill itself there."""
        log_file = self.folder / f"sink-{len(self._sinks)}.log"
        port = self.engines.machine.ports.claim(f"sink-metrics-{self.name}-{len(self._sinks)}")
        more = {"METRICS_PORT": str(port)} | ({"TELECOM_FAIL_POINT": fail_point} if fail_point else {})
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jobs.kafka_to_bronze", "--settings", str(self.settings_file())],
                env=self.environ(**more),
                stderr=log,
                stdout=log,
            )
        self._sinks.append(SinkProcess(process, log_file, port))
        return self._sinks[-1]

    def stop_sinks(self) -> None:
        for sink in self._sinks:
            if sink.process.poll() is None:
                sink.kill()

    def recreate_topic(self, topic: str = TOPIC, partitions: int = PARTITIONS, **config: str) -> None:
        """Delete the topic and its dead letters if they exist, and create them empty."""
        admin = AdminClient({"bootstrap.servers": self.engines.bootstrap_servers})
        names = [topic, dead_letter_topic(topic)]
        known = admin.list_topics(timeout=20).topics
        for future in (
            admin.delete_topics([name for name in names if name in known], operation_timeout=20).values()
            if any(name in known for name in names)
            else []
        ):
            future.result(20)
        new = [NewTopic(topic, partitions, 1, config=config), NewTopic(dead_letter_topic(topic), 1, 1)]
        # A replay writes its account there.
        new.append(NewTopic(LEDGER_TOPIC, 1, 1))

        def is_created() -> bool:
            for future in admin.create_topics(new).values():
                if future.exception(20) is not None and "ALREADY_EXISTS" not in str(future.exception(20)):
                    return False
            known = admin.list_topics(timeout=20).topics
            return all(name in known and known[name].error is None for name in names)

        wait_until(is_created, "topics exist")

    def produce(
        self, values: list[bytes | None], partitions: int = PARTITIONS, headers: list[tuple[str, bytes]] | None = None
    ) -> None:
        """Send values round robin, wait until the broker has them, and remember their positions."""
        producer = Producer(
            {
                "bootstrap.servers": self.engines.bootstrap_servers,
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 5,
            }
        )

        def delivered(error: object, message: Message) -> None:
            assert error is None, error
            self.produced.add((message.partition(), message.offset()))

        for number, value in enumerate(values):
            producer.produce(
                TOPIC,
                value,
                key=str(number).encode(),
                partition=number % partitions,
                headers=headers,
                on_delivery=delivered,
            )
            producer.poll(0)
        assert producer.flush(WAIT_SECONDS) == 0

    def catalog(self) -> Catalog:
        if self._catalog is None:
            self._catalog = self.engines.catalog()
        return self._catalog

    def table(self) -> Table:
        return self.catalog().load_table((self.name, TOPIC))

    def table_ends(self) -> dict[int, int]:
        """Table's end per partition; empty while there is no table or no catalog."""
        try:
            return {partition: done.end for partition, done in progress_of(self.table().properties).items()}
        except Exception as error:
            print("table is not readable now:", repr(error)[:200])
            return {}

    def wait_until_committed(self, seconds: float = WAIT_SECONDS) -> None:
        """Until the table has come to the end of everything produced."""
        ends = self.log_ends()
        wait_until(
            lambda: self.table_ends() == ends, f"the table reaches {ends}, it is at {self.table_ends()}", seconds
        )

    def log_ends(self) -> dict[int, int]:
        ends: dict[int, int] = {}
        for partition, offset in self.produced:
            ends[partition] = max(offset + 1, ends.get(partition, 0))
        return ends

    def stored_positions(self) -> list[tuple[int, int]]:
        """(partition, offset) of every row."""
        rows = self.table().scan(selected_fields=("_kafka_partition", "_kafka_offset")).to_arrow()
        return list(zip(rows.column(0).to_pylist(), rows.column(1).to_pylist(), strict=True))

    def dead_letters(self) -> list[Message]:
        """Everything on the dead-letter topic."""
        return read_topic(self.engines.bootstrap_servers, dead_letter_topic(TOPIC))

    def steps(self) -> list[Step]:
        """What the table's snapshots tell an auditor."""
        snapshots = sorted(self.table().snapshots(), key=lambda snapshot: snapshot.sequence_number or 0)
        return steps_of(
            (snapshot.snapshot_id, snapshot.summary.additional_properties) for snapshot in snapshots if snapshot.summary
        )

    def assert_accounted_for(self) -> None:
        """The gate `completeness` finds nothing missing, and no gap."""
        assert [reading.value for reading in completeness(TOPIC, self.steps())] == [0, 0]

    def assert_exactly_once(self, refused: int = 0) -> None:
        """Each produced record is one row or, `refused` of them, a dead letter; nothing is lost or doubled."""
        stored = self.stored_positions()
        letters = {message.key() for message in self.dead_letters()} if refused else set()
        assert len(stored) == len(set(stored)), "rows are there twice"
        assert set(stored) <= self.produced, "rows that were never produced"
        assert len(self.produced) - len(stored) == len(letters) == refused, "records are missing"
        self.assert_accounted_for()


def read_topic(bootstrap_servers: str, topic: str) -> list[Message]:
    """All records of a topic with one partition."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": "test-reader", "enable.auto.commit": False}
    )
    try:
        end = log_end(consumer, topic)
        consumer.assign([TopicPartition(topic, 0, 0)])
        messages: list[Message] = []
        while len(messages) < end:
            messages += [message for message in consumer.consume(end - len(messages), 1.0) if message.error() is None]
        return messages
    finally:
        consumer.close()
