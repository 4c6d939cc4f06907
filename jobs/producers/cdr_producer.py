"""Sends calls, SMS and data sessions: `python -m jobs.producers.cdr_producer --rate 100`."""

from pathlib import Path
from typing import Annotated

import typer

from contracts.settings import CdrProducerSettings
from jobs.producers.sending.program import now_ms, print_events, send_events, settings_of, told
from jobs.producers.traffic.activity import build_network
from jobs.producers.traffic.cdr_traffic import CdrTraffic

COMPONENT = "cdr-producer"
DEFAULTS: dict[str, object] = {
    "kafka": {"bootstrap_servers": "127.0.0.1:9092"},
    "seed": 1,
    "events_per_second": 100.0,
    "subscriber_count": 10_000,
    "tower_count": 500,
    "faults": {"duplicate": 0.01, "late": 0.01, "out_of_order": 0.02, "malformed": 0.001},
    "frauds": {"impossible_travel": 1200.0, "call_velocity": 600.0},
}


def main(
    settings: Annotated[
        Path | None, typer.Option(help="JSON file of CdrProducerSettings; without it, defaults hold")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Events per second in all")] = None,
    bootstrap_servers: Annotated[str | None, typer.Option(help="Kafka without authentication at HOST:PORT")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same population and traffic")] = None,
    subscribers: Annotated[int | None, typer.Option(help="Size of the population")] = None,
    towers: Annotated[int | None, typer.Option(help="Number of towers")] = None,
    duration_seconds: Annotated[
        float | None, typer.Option(help="Stop after this time; without it, run until stopped")
    ] = None,
    dry_run: Annotated[int | None, typer.Option(metavar="N", help="Print N records instead of sending any")] = None,
) -> None:
    """Send call detail records of a modelled population, with planted faults and frauds, and keep the ledger."""
    overrides: dict[str, object] = {
        "kafka": None if bootstrap_servers is None else {"bootstrap_servers": bootstrap_servers},
        "seed": seed,
        "events_per_second": rate,
        "subscriber_count": subscribers,
        "tower_count": towers,
        "duration_seconds": duration_seconds,
    }
    told(lambda: _produce(settings, overrides, dry_run))


def _produce(file: Path | None, overrides: dict[str, object], dry_run: int | None) -> None:
    settings = settings_of(CdrProducerSettings, file, DEFAULTS, overrides)
    network = build_network(settings)
    if dry_run is not None:
        print_events(CdrTraffic(settings, network, now_ms()), dry_run)
    else:
        send_events(COMPONENT, settings, lambda start_ms: CdrTraffic(settings, network, start_ms))


def run() -> None:
    """Entry point of the command."""
    typer.run(main)


if __name__ == "__main__":
    run()
