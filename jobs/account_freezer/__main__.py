"""`python -m jobs.account_freezer --settings FILE`."""

import os
from pathlib import Path
from typing import Annotated

import structlog
import typer

from contracts.account_freezer_settings import AccountFreezerSettings
from contracts.environment import METRICS_PORT
from jobs.account_freezer.actions import COMPONENT
from jobs.account_freezer.metrics import FreezerMetrics
from jobs.account_freezer.service import FreezerService, KafkaClientError
from jobs.runtime.health import HealthServer
from jobs.runtime.kafka import KafkaCredentialsError
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.patience import StoppedError
from jobs.runtime.postgres import PostgresCredentialsError
from jobs.runtime.settings import load_settings
from jobs.runtime.shutdown import StopSignal

NAMED_ERRORS = (KafkaClientError, KafkaCredentialsError, PostgresCredentialsError)

log = structlog.get_logger()


def main(settings: Annotated[Path, typer.Option(help="JSON file of AccountFreezerSettings")]) -> None:
    """Freeze the accounts that fraud alerts accuse, once per alert, by the policy of the settings."""
    configure_logs(COMPONENT)
    with fatal_in_one_line(*NAMED_ERRORS):
        try:
            _run(load_settings(AccountFreezerSettings, settings))
        except StoppedError:
            log.info("stopped while a service was unavailable")


def _run(settings: AccountFreezerSettings) -> None:
    service = FreezerService(settings, os.environ, StopSignal(), FreezerMetrics())
    with HealthServer(int(os.environ.get(METRICS_PORT, "0")), service.is_ready):
        try:
            service.run()
        finally:
            service.close()
    log.info("stopped")


if __name__ == "__main__":
    typer.run(main)
