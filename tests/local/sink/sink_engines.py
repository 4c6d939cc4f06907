"""Real Kafka, PostgreSQL and MinIO for the sink's tests, each of which a test may kill."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psutil
from pyiceberg.catalog import Catalog

from contracts import environment
from contracts.settings import JdbcCatalog, S3Connection
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

WAIT_SECONDS = 90.0


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
