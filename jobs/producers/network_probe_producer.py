"""Sends a reading per tower and second: `python -m jobs.producers.network_probe_producer --towers 500`."""

from pathlib import Path
from typing import Annotated

import typer

from contracts.settings import NetworkProbeProducerSettings
from jobs.producers.sending.program import now_ms, print_events, send_events, settings_of, told
from jobs.producers.traffic.probe_traffic import ProbeTraffic

COMPONENT = "network-probe-producer"
DEFAULTS: dict[str, object] = {
    "kafka": {"bootstrap_servers": "127.0.0.1:9092"},
    "seed": 1,
    "tower_count": 500,
    "faults": {"duplicate": 0.01, "late": 0.01, "out_of_order": 0.02, "malformed": 0.001},
}


def main(
    settings: Annotated[
        Path | None, typer.Option(help="JSON file of NetworkProbeProducerSettings; without it, defaults hold")
    ] = None,
    towers: Annotated[int | None, typer.Option(help="Number of towers")] = None,
    interval_seconds: Annotated[float | None, typer.Option(help="Time between two readings of a tower")] = None,
    bootstrap_servers: Annotated[str | None, typer.Option(help="Kafka without authentication at HOST:PORT")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same readings")] = None,
    duration_seconds: Annotated[
        float | None, typer.Option(help="Stop after this time; without it, run until stopped")
    ] = None,
    dry_run: Annotated[int | None, typer.Option(metavar="N", help="Print N records instead of sending any")] = None,
) -> None:
    """Send readings of all towers, with planted faults, and keep the ledger."""
    overrides: dict[str, object] = {
        "kafka": None if bootstrap_servers is None else {"bootstrap_servers": bootstrap_servers},
        "seed": seed,
        "tower_count": towers,
        "interval_seconds": interval_seconds,
        "duration_seconds": duration_seconds,
    }
    told(lambda: _produce(settings, overrides, dry_run))


def _produce(file: Path | None, overrides: dict[str, object], dry_run: int | None) -> None:
    settings = settings_of(NetworkProbeProducerSettings, file, DEFAULTS, overrides)
    if dry_run is not None:
        print_events(ProbeTraffic(settings, now_ms()), dry_run)
    else:
        send_events(COMPONENT, settings, lambda start_ms: ProbeTraffic(settings, start_ms))


def run() -> None:
    """Entry point of the command."""
    typer.run(main)


if __name__ == "__main__":
    run()
