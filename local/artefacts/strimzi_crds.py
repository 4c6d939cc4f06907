"""Strimzi's CRDs, generated from its published model classes by its own generator: what a cluster really accepts."""

from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.java import java_25
from local.artefacts.maven import Coordinate, fetch_jars
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions

GENERATOR = "io.strimzi.crdgenerator.CrdGenerator"
MODEL_PACKAGE = "io.strimzi.api.kafka.model"
# Kind by model class, below the package.
KIND_BY_CLASS = {
    "kafka.Kafka": "Kafka",
    "nodepool.KafkaNodePool": "KafkaNodePool",
    "topic.KafkaTopic": "KafkaTopic",
    "user.KafkaUser": "KafkaUser",
}


def strimzi_crds(report: Report = ignore_progress) -> dict[str, Path]:
    """CRD file by kind. Raises `CommandError`."""
    folder = install("strimzi-crds", versions().strimzi.version, _generate, report)
    return {kind: folder / f"{kind}.yaml" for kind in KIND_BY_CLASS.values()}


def _generate(artefact: Artefact) -> None:
    version = versions().strimzi.version
    jars = artefact.folder / "lib"
    coordinates = [Coordinate("io.strimzi", name, version) for name in ("api", "crd-generator")]
    fetch_jars(artefact, coordinates, jars)
    artefact.tell("building")
    files = [f"{MODEL_PACKAGE}.{name}={artefact.folder / kind}.yaml" for name, kind in KIND_BY_CLASS.items()]
    # Its classes need Java 21, so the system's Java may be too old.
    run_tool(
        [str(java_25()), "-cp", f"{jars}/*", GENERATOR, "--yaml", *files],
        next_step="telecom fetch (it generates them again)",
    )
