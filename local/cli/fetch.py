"""`telecom fetch`: bring the engines into the cache, so that later starts need no network."""

import time
from concurrent.futures import ThreadPoolExecutor

from local.artefacts.kafka import kafka_jars
from local.artefacts.minio import minio_binary
from local.artefacts.postgres import postgres_package
from local.artefacts.trino import trino_home
from local.cli.console import notices
from local.cli.doctor import require_ready_machine
from local.cli.progress import ProgressBoard, progress_board
from local.paths import cache_folder

# The longest first, so that the others run beside it.
ENGINES = (minio_binary, trino_home, kafka_jars)


def fetch() -> None:
    """Fetch and build the engines into the cache; done already, it takes no time."""
    require_ready_machine()
    seconds = fetch_engines()
    notices.print(f"Engines are in {cache_folder()} ({seconds:.1f} s).")


def fetch_engines() -> float:
    """Make all engines available, side by side. Returns the seconds it took. Raises `LocalError`."""
    started = time.monotonic()
    postgres_package()
    with progress_board() as board:
        _fetch_all(board)
    return time.monotonic() - started


def _fetch_all(board: ProgressBoard) -> None:
    with ThreadPoolExecutor(max_workers=len(ENGINES)) as pool:
        pending = [pool.submit(engine, board.report) for engine in ENGINES]
        for done in pending:
            done.result()
