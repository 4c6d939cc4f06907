"""`telecom fetch`: bring the engines into the cache, so that later starts need no network."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer

from local.artefacts.dbt import parsed_dbt_project
from local.artefacts.flink import flink_home
from local.artefacts.fraud_detection_job import fraud_detection_jar
from local.artefacts.image_base import base_layer, missing_for_base
from local.artefacts.kafka import kafka_jars
from local.artefacts.kubernetes import control_plane_binaries, helm_binary, node_binaries
from local.artefacts.minio import minio_binary
from local.artefacts.postgres import postgres_package
from local.artefacts.progress import Report
from local.artefacts.trino import trino_home
from local.kubernetes.node import missing_for_a_node
from local.state.paths import cache_folder
from telecom.doctor.ready_machine import require_ready_machine
from telecom.pipelines.resource_file import Resource
from telecom.terminal.console import notices
from telecom.terminal.fetch_progress import ProgressBoard, progress_board

Engine = Callable[[Report], object]

# The longest first, so that the others run beside it.
ENGINES: tuple[Engine, ...] = (minio_binary, trino_home, kafka_jars)
FRAUD_ENGINES: tuple[Engine, ...] = (flink_home, fraud_detection_jar)
TRANSFORM_ENGINES: tuple[Engine, ...] = (parsed_dbt_project,)


def fetch(
    kubernetes: Annotated[
        bool, typer.Option(help="Also build Kubernetes and helm, which tests/cluster run on.")
    ] = False,
) -> None:
    """Fetch and build the engines into the cache; done already, it takes no time."""
    require_ready_machine()
    seconds = fetch_engines(ENGINES + FRAUD_ENGINES + TRANSFORM_ENGINES + (_kubernetes() if kubernetes else ()))
    notices.print(f"Engines are in {cache_folder()} ({seconds:.1f} s).")


def engines_for(resource: Resource) -> Sequence[Engine]:
    """Engines that a resource needs: Flink and its job only where it looks for frauds, dbt where it makes numbers."""
    pipeline = resource.pipeline
    fraud = FRAUD_ENGINES if pipeline.fraud_detection else ()
    return ENGINES + fraud + (TRANSFORM_ENGINES if pipeline.batch_jobs else ())


def fetch_engines(engines: Sequence[Engine] = ENGINES) -> float:
    """Make all engines available, side by side. Returns the seconds it took. Raises `LocalError`."""
    started = time.monotonic()
    postgres_package()
    with progress_board() as board:
        _fetch_all(board, engines)
    return time.monotonic() - started


def _kubernetes() -> tuple[Engine, ...]:
    """A control plane and helm; what a node needs too, where this machine can be one."""
    if missing := missing_for_a_node() or missing_for_base():
        notices.print(f"Tests on a Kubernetes node will be skipped: {missing}")
        return (control_plane_binaries, helm_binary)
    return (control_plane_binaries, helm_binary, node_binaries, base_layer)


def _fetch_all(board: ProgressBoard, engines: Sequence[Engine]) -> None:
    with ThreadPoolExecutor(max_workers=len(engines)) as pool:
        pending = [pool.submit(engine, board.report) for engine in engines]
        for done in pending:
            done.result()
