"""Sends a reading per tower and second: `python -m jobs.producers.network_probe_producer --towers 500`."""

from pathlib import Path
from typing import Annotated

import typer

from contracts.settings import NetworkProbeProducerSettings
from jobs.producers.sending.options import (
    DEFAULTS,
    BootstrapOption,
    DryRunOption,
    DurationOption,
    TowersOption,
    positive,
    settings_given,
)
from jobs.producers.sending.program import live, produce, settings_of, told
from jobs.producers.sending.run import Course
from jobs.producers.traffic.probe_traffic import ProbeTraffic

COMPONENT = "network-probe-producer"


def main(
    settings: Annotated[
        Path | None, typer.Option(help="JSON file of NetworkProbeProducerSettings; without it, defaults hold")
    ] = None,
    towers: TowersOption = None,
    interval_seconds: Annotated[
        float | None, typer.Option(parser=positive, metavar="FLOAT", help="Time between two readings of a tower")
    ] = None,
    bootstrap_servers: BootstrapOption = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same readings")] = None,
    duration_seconds: DurationOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Send readings of all towers, with planted faults, and keep the ledger."""
    given = settings_given(bootstrap_servers, seed, towers, duration_seconds)
    told(lambda: _produce(settings, given | {"interval_seconds": interval_seconds}, dry_run))


def _produce(file: Path | None, given: dict[str, object], dry_run: int | None) -> None:
    settings = settings_of(NetworkProbeProducerSettings, file, DEFAULTS, given)
    produce(COMPONENT, settings, lambda now_ms: _course(settings, now_ms), dry_run)


def _course(settings: NetworkProbeProducerSettings, now_ms: int) -> Course:
    return live(ProbeTraffic(settings, now_ms), now_ms, settings.duration_seconds)


def run() -> None:
    """Entry point of the command."""
    typer.run(main)


if __name__ == "__main__":
    run()
