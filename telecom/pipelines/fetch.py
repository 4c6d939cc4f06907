"""Brings the engines into the cache, so that later starts need no network."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from local.artefacts.dbt import parsed_dbt_project
from local.artefacts.flink import flink_home
from local.artefacts.fraud_detection_job import fraud_detection_jar
from local.artefacts.image_base import base_layer
from local.artefacts.java import flink_java
from local.artefacts.kafka import kafka_jars
from local.artefacts.kubernetes import control_plane_binaries, helm_binary, node_binaries
from local.artefacts.minio import minio_binary
from local.artefacts.postgres import postgres_package
from local.artefacts.progress import Report
from local.artefacts.system_tools import missing_for_base
from local.artefacts.trino import trino_home
from local.kubernetes.node_needs import missing_for_a_node
from telecom.pipelines.follow import Tell
from telecom.pipelines.resource_file import Resource
from telecom.terminal.fetch_progress import progress_board

Engine = Callable[[Report], object]

# The slowest comes first, so that the others are fetched beside it.
_STORAGE_ENGINES: tuple[Engine, ...] = (minio_binary, trino_home, kafka_jars)
_FRAUD_ENGINES: tuple[Engine, ...] = (flink_home, flink_java, fraud_detection_jar)
_TRANSFORM_ENGINES: tuple[Engine, ...] = (parsed_dbt_project,)
ALL_ENGINES = _STORAGE_ENGINES + _FRAUD_ENGINES + _TRANSFORM_ENGINES


def engines_for(resource: Resource) -> Sequence[Engine]:
    """Engines that a resource needs: Flink and its job only if it detects frauds, dbt only if it has batch jobs."""
    pipeline = resource.pipeline
    fraud = _FRAUD_ENGINES if pipeline.fraud_detection else ()
    return _STORAGE_ENGINES + fraud + (_TRANSFORM_ENGINES if pipeline.batch_jobs else ())


def kubernetes_engines(tell: Tell) -> Sequence[Engine]:
    """A control plane and helm; also what a node needs, if this machine can be one."""
    if missing := missing_for_a_node() or missing_for_base():
        tell(f"Tests on a Kubernetes node will be skipped: {missing}")
        return (control_plane_binaries, helm_binary)
    return (control_plane_binaries, helm_binary, node_binaries, base_layer)


def fetch_engines(engines: Sequence[Engine]) -> float:
    """Fetch or build the engines, several at a time. Returns the seconds that it took. Raises `LocalError`."""
    started = time.monotonic()
    postgres_package()
    with progress_board() as board, ThreadPoolExecutor(max_workers=len(engines)) as pool:
        for done in [pool.submit(engine, board.report) for engine in engines]:
            done.result()
    return time.monotonic() - started
