"""Real Kafka, PostgreSQL and MinIO for the sink's tests, each of which a test may kill; and the sink as a process."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import psutil
from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from prometheus_client.parser import text_string_to_metric_families
from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from contracts import environment
from contracts.metric_names import SINK_LAG_RECORDS
from contracts.settings import JdbcCatalog, KafkaConnection, S3Connection, SinkSettings
from contracts.sink_progress import progress_of
from contracts.topics import LEDGER_TOPIC, dead_letter_topic
from jobs.runtime.iceberg import open_catalog
from local.artefacts.java import system_java
from local.artefacts.kafka import kafka_jars
from local.services.minio import BUCKET, REGION, Minio
from local.services.postgres import CATALOG_DATABASE, Postgres
from local.state.paths import StateDirectory
from local.supervisor.machine import Machine, base_environment
from local.supervisor.ports import PortBook
from local.supervisor.spec import ProcessSpec, StopRank, TcpProbe
from local.supervisor.supervisor import Supervisor
from operators.telecom_pipeline.figures.metrics_page import read_metrics_page

WAIT_SECONDS = 90.0
TOPIC = "call_events"
PARTITIONS = 3


def wait_until(condition: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Poll until `condition`, or fail naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


class Engines:
    """The three engines, kept running by a supervisor in a thread: what is killed comes back on the same port."""

    def __init__(self, root: Path) -> None:
        state = StateDirectory.open(root)
        ports = PortBook(state.run)
        self.machine = Machine(state, ports, Supervisor(state, ports))
        self._postgres, self._minio = Postgres(), Minio()
        self._kafka_log = state.kafka / "sink-tests"
        self._stopping = Event()
        self._thread = Thread(target=self._keep_running, name="engines")

    def start(self) -> None:
        self._format_kafka()
        self._thread.start()
        wait_until(lambda: all(self._is_ready(name) for name in ("kafka", "postgres", "minio")), "engines are up")
        wait_until(self._services_are_set_up, "database and bucket exist")

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self.machine.supervisor.stop_all()
        self.machine.supervisor.close()

    def kill(self, name: str) -> None:
        """`kill -9` of an engine and its children; returns when it is back and ready."""
        record = self.machine.supervisor.record(name)
        assert record is not None and record.pid is not None
        leader = psutil.Process(record.pid)
        for process in [*leader.children(recursive=True), leader]:
            with_signal(process, signal.SIGKILL)
        wait_until(lambda: self._is_started_after(name, record.started_at), f"{name} is back")

    @property
    def bootstrap_servers(self) -> str:
        return f"127.0.0.1:{self.machine.ports.claim('sink-kafka')}"

    @property
    def s3(self) -> S3Connection:
        return S3Connection(
            endpoint=self._minio.endpoint(self.machine), region=REGION, bucket=BUCKET, prefix="warehouse"
        )

    @property
    def catalog_settings(self) -> JdbcCatalog:
        port = self._postgres.port(self.machine)
        return JdbcCatalog(name="lakehouse", host="127.0.0.1", port=port, database=CATALOG_DATABASE)

    def credentials(self) -> dict[str, str]:
        username, password = self._postgres.credentials(self.machine, CATALOG_DATABASE)
        key_id, key = self._minio.credentials(self.machine)
        return {
            environment.CATALOG_USERNAME: username,
            environment.CATALOG_PASSWORD: password,
            environment.S3_ACCESS_KEY_ID: key_id,
            environment.S3_SECRET_ACCESS_KEY: key,
        }

    def catalog(self) -> Catalog:
        return open_catalog(self.catalog_settings, self.s3, self.credentials())

    def _keep_running(self) -> None:
        while not self._stopping.wait(0.1):
            self.machine.supervisor.ensure(self._kafka())
            self.machine.supervisor.ensure(self._postgres._process(self.machine))
            self.machine.supervisor.ensure(self._minio._process(self.machine))
            self.machine.supervisor.tick()

    def _services_are_set_up(self) -> bool:
        return self._postgres.sync(self.machine) and self._minio.sync(self.machine)

    def _is_ready(self, name: str) -> bool:
        record = self.machine.supervisor.record(name)
        return record is not None and record.is_ready

    def _is_started_after(self, name: str, moment: float) -> bool:
        record = self.machine.supervisor.record(name)
        return record is not None and record.started_at > moment and record.is_ready

    def _java(self) -> tuple[str, ...]:
        return (str(system_java()), "-Xmx512m", "-cp", f"{kafka_jars()}/*")

    def _format_kafka(self) -> None:
        port, controller = self.machine.ports.claim("sink-kafka"), self.machine.ports.claim("sink-controller")
        self._kafka_log.mkdir()
        properties = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._kafka_log / "data"),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.num.partitions": "1",
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
            "log.retention.check.interval.ms": "500",
            "log.initial.task.delay.ms": "500",
            "file.delete.delay.ms": "500",
        }
        (self._kafka_log / "server.properties").write_text("\n".join(f"{k}={v}" for k, v in properties.items()))
        cluster_id = "c2luay10ZXN0cy1jbHVzdA"
        formatting = (
            "kafka.tools.StorageTool",
            "format",
            "-t",
            cluster_id,
            "-c",
            str(self._kafka_log / "server.properties"),
        )
        subprocess.run([*self._java(), *formatting], check=True, capture_output=True, timeout=WAIT_SECONDS)

    def _kafka(self) -> ProcessSpec:
        port = self.machine.ports.claim("sink-kafka")
        return ProcessSpec(
            name="kafka",
            argv=(*self._java(), "kafka.Kafka", str(self._kafka_log / "server.properties")),
            log_file=self.machine.state.log_file("kafka"),
            working_directory=self._kafka_log,
            environment=base_environment(),
            ports=(port,),
            readiness=TcpProbe(port),
            stop_rank=StopRank.KAFKA_BROKER,
        )


def with_signal(process: psutil.Process, number: int) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


@contextmanager
def running_engines() -> Iterator[Engines]:
    """Engines in a folder that a database server running as `nobody` can reach."""
    root = Path(tempfile.mkdtemp(prefix="telecom-sink-"))
    engines = Engines(root)
    try:
        engines.start()
        yield engines
    finally:
        engines.stop()
        shutil.rmtree(root, ignore_errors=True)


@dataclass
class SinkProcess:
    """`python -m jobs.kafka_to_bronze` as a process of its own."""

    process: "subprocess.Popen[bytes]"
    log_file: Path
    metrics_port: int

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait(WAIT_SECONDS)

    def terminate(self) -> int:
        """SIGTERM; exit code."""
        self.process.terminate()
        return self.process.wait(WAIT_SECONDS)

    def wait(self) -> int:
        """Exit code once it ends by itself."""
        return self.process.wait(WAIT_SECONDS)

    def log(self) -> list[dict[str, object]]:
        """Its log records."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines() if line.startswith("{")]

    def partitions_with_lag(self) -> set[int]:
        """Partitions whose lag it tells Prometheus."""
        page = read_metrics_page(f"http://127.0.0.1:{self.metrics_port}") or ""
        samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
        return {int(sample.labels["partition"]) for sample in samples if sample.name == SINK_LAG_RECORDS}

    def has_logged(self, event: str) -> bool:
        return any(event in str(record.get("event")) for record in self.log())


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

    def assert_exactly_once(self, refused: int = 0) -> None:
        """Each produced record is one row or, `refused` of them, a dead letter; nothing is lost or doubled."""
        stored = self.stored_positions()
        letters = {message.key() for message in self.dead_letters()} if refused else set()
        assert len(stored) == len(set(stored)), "rows are there twice"
        assert set(stored) <= self.produced, "rows that were never produced"
        assert len(self.produced) - len(stored) == len(letters) == refused, "records are missing"


def read_topic(bootstrap_servers: str, topic: str) -> list[Message]:
    """All records of a topic with one partition."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": "test-reader", "enable.auto.commit": False}
    )
    try:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=20)
        consumer.assign([TopicPartition(topic, 0, 0)])
        messages: list[Message] = []
        while len(messages) < end:
            messages += [message for message in consumer.consume(end - len(messages), 1.0) if message.error() is None]
        return messages
    finally:
        consumer.close()
