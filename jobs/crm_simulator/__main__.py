"""`python -m jobs.crm_simulator --settings FILE [--until DATE]`: bring the databases up to a day."""

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import structlog
import typer

from contracts.batch_settings import CrmSimulatorSettings
from jobs.crm_simulator.inventory import build_inventory
from jobs.crm_simulator.simulation import live_until
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.postgres import PostgresCredentialsError, connect
from jobs.runtime.radio_network.towers import TowerCountError
from jobs.runtime.settings import load_settings

ONE_DAY = dt.timedelta(days=1)

log = structlog.get_logger()


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of CrmSimulatorSettings")],
    until: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day to live; today if unset"),
    ] = None,
) -> None:
    """Create the databases if they are missing and live every day up to UNTIL. Nothing happens in the future."""
    configure_logs("crm-simulator")
    with fatal_in_one_line(PostgresCredentialsError, TowerCountError):
        loaded = load_settings(CrmSimulatorSettings, settings)
        now = dt.datetime.now(dt.UTC)
        end = min(now, until.replace(tzinfo=dt.UTC) + ONE_DAY) if until else now
        connection = connect(loaded.database, os.environ)
        try:
            days = live_until(connection, loaded.seed, loaded.customer_count, loaded.first_day, end)
            build_inventory(connection, loaded.tower_count, now)
        finally:
            connection.close()
        log.info("crm_lived", days=days, until=end.isoformat())


if __name__ == "__main__":
    typer.run(main)
