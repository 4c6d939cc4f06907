"""Sends the traffic of the past: `python -m jobs.producers.cdr_history_producer --settings FILE`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from contracts.settings import CdrHistorySettings
from jobs.producers.sending.options import DryRunOption
from jobs.producers.sending.past import past
from jobs.producers.sending.program import StoppedEarlyError, produce, told
from jobs.producers.traffic.activity import build_network
from jobs.producers.traffic.history import history_traffic
from jobs.runtime.settings import load_settings

COMPONENT = "cdr-history"


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of CdrHistorySettings")],
    dry_run: DryRunOption = None,
) -> None:
    """Send call detail records from some time ago until now, faster than they happened, and keep the ledger."""
    told(lambda: _produce(settings, dry_run))


def _produce(file: Path, dry_run: int | None) -> None:
    settings = load_settings(CdrHistorySettings, file)
    traffic = history_traffic(settings, build_network(settings))
    plan = partial(past, traffic, settings.start_time, settings.speed)
    # A Job whose pod was asked to go has not done its work: whoever waits for the history must not take it for sent.
    if not produce(COMPONENT, settings, plan, dry_run):
        raise StoppedEarlyError("the history was not sent to its end; sent again, it repeats what was")


if __name__ == "__main__":
    typer.run(main)
