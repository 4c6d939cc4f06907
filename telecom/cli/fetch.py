"""`telecom fetch`: bring the engines into the cache."""

from typing import Annotated

import typer

from local.state.paths import cache_folder
from telecom.doctor.ready_machine import require_ready_machine
from telecom.pipelines.fetch import ALL_ENGINES, fetch_engines, kubernetes_engines
from telecom.terminal.console import notices, tell


def fetch(
    kubernetes: Annotated[
        bool, typer.Option(help="Also build Kubernetes and helm, on which tests/cluster run.")
    ] = False,
) -> None:
    """Fetch or build the engines into the cache; those that are there already take no time."""
    require_ready_machine()
    seconds = fetch_engines((*ALL_ENGINES, *(kubernetes_engines(tell) if kubernetes else ())))
    notices.print(f"Engines are in {cache_folder()} ({seconds:.1f} s).")
