"""Apache Kafka: its jars from a Maven repository, with the metrics reporter of Strimzi's images."""

from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.maven import Coordinate, fetch_jars
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions


def kafka_jars(report: Report = ignore_progress) -> Path:
    """Folder of the jars of a Kafka broker and its tools. Raises `CommandError`."""
    pinned = versions()
    name = f"{pinned.kafka.version}-reporter-{pinned.strimzi.metrics_reporter}"
    return install("kafka", name, _fetch, report) / "lib"


def _fetch(artefact: Artefact) -> None:
    pinned = versions().kafka
    coordinates = (
        Coordinate("org.apache.kafka", f"kafka_{pinned.scala}", pinned.version),
        Coordinate("org.apache.kafka", "kafka-tools", pinned.version),
        Coordinate("io.strimzi", "metrics-reporter", versions().strimzi.metrics_reporter),
        Coordinate("org.apache.logging.log4j", "log4j-slf4j-impl", pinned.log4j),
        Coordinate("org.apache.logging.log4j", "log4j-core", pinned.log4j),
    )
    fetch_jars(artefact, coordinates, artefact.folder / "lib")
