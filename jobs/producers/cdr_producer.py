"""Sends calls, SMS and data sessions: `python -m jobs.producers.cdr_producer --rate 100`."""

from pathlib import Path
from typing import Annotated

import typer

from contracts.settings import CdrProducerSettings
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
from jobs.producers.traffic.activity import Network, build_network
from jobs.producers.traffic.cdr_traffic import live_traffic

COMPONENT = "cdr-producer"
CDR_DEFAULTS: dict[str, object] = {
    **DEFAULTS,
    "events_per_second": 100.0,
    "subscriber_count": 10_000,
    "frauds": {"impossible_travel": 1200.0, "call_velocity": 600.0},
}


def main(
    settings: Annotated[
        Path | None, typer.Option(help="JSON file of CdrProducerSettings; without it, defaults hold")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(parser=positive, metavar="FLOAT", help="Events per second in all")
    ] = None,
    bootstrap_servers: BootstrapOption = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same population and traffic")] = None,
    subscribers: Annotated[int | None, typer.Option(min=1, help="Size of the population")] = None,
    towers: TowersOption = None,
    duration_seconds: DurationOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Send call detail records of a modelled population, with planted faults and frauds, and keep the ledger."""
    given = settings_given(bootstrap_servers, seed, towers, duration_seconds)
    told(lambda: _produce(settings, given | {"events_per_second": rate, "subscriber_count": subscribers}, dry_run))


def _produce(file: Path | None, given: dict[str, object], dry_run: int | None) -> None:
    settings = settings_of(CdrProducerSettings, file, CDR_DEFAULTS, given)
    network = build_network(settings)
    produce(COMPONENT, settings, lambda now_ms: _course(settings, network, now_ms), dry_run)


def _course(settings: CdrProducerSettings, network: Network, now_ms: int) -> Course:
    return live(live_traffic(settings, network, now_ms), now_ms, settings.duration_seconds)


def run() -> None:
    """Entry point of the command."""
    typer.run(main)


if __name__ == "__main__":
    run()
