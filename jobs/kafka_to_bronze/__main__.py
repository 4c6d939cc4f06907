"""`python -m jobs.kafka_to_bronze --settings FILE`."""

import gc
import os
import socket
import time
from pathlib import Path
from threading import Timer
from typing import Annotated
from uuid import uuid4

import structlog
import typer

from contracts.environment import METRICS_PORT
from contracts.settings import SinkSettings
from jobs.kafka_to_bronze.committing.table import IncompatibleTableError
from jobs.kafka_to_bronze.reading.ranges import RebuiltKafkaError, RetentionLossError
from jobs.kafka_to_bronze.service import SinkService
from jobs.kafka_to_bronze.sink import KafkaClientError
from jobs.runtime.health import HealthServer
from jobs.runtime.kafka import KafkaCredentialsError
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import EXIT_FATAL, fatal_in_one_line
from jobs.runtime.patience import StoppedError
from jobs.runtime.settings import load_settings
from jobs.runtime.shutdown import StopSignal

COMPONENT = "kafka-to-bronze"
FLUSH_SECONDS = 20.0
SHUTDOWN_SECONDS = 30.0
# More than the messages that wait to be parsed. With Python's own 700, every poll sets off collections that visit each
# of them and find nothing, which took as long as reading from Kafka.
GARBAGE_COLLECTION_THRESHOLD = 100_000

NAMED_ERRORS = (
    IncompatibleTableError,
    KafkaClientError,
    KafkaCredentialsError,
    RebuiltKafkaError,
    RetentionLossError,
)

log = structlog.get_logger()


def main(settings: Annotated[Path, typer.Option(help="JSON file of contracts.settings.SinkSettings")]) -> None:
    """Write Kafka topics into Iceberg bronze tables, each record exactly once."""
    configure_logs(COMPONENT)
    gc.set_threshold(GARBAGE_COLLECTION_THRESHOLD)
    with fatal_in_one_line(*NAMED_ERRORS):
        try:
            _run(load_settings(SinkSettings, settings))
        except StoppedError:
            log.info("stopped before it had started")


def _run(settings: SinkSettings) -> None:
    stop = StopSignal()
    service = SinkService(settings, os.environ, stop, writer_name())
    with HealthServer(int(os.environ.get(METRICS_PORT, "0")), service.is_ready):
        try:
            service.run()
        finally:
            _limit_shutdown()
            is_flushed = service.finish(time.monotonic() + FLUSH_SECONDS)
            log.info("stopped", everything_committed=is_flushed)


def writer_name() -> str:
    """Names this process in the table's progress, so that a fenced writer can say who fenced it."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"


def _limit_shutdown() -> None:
    # What is not in a table is still in Kafka, so the end need not be orderly to be safe.
    timer = Timer(SHUTDOWN_SECONDS, os._exit, [EXIT_FATAL])
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    typer.run(main)
