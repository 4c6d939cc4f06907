"""`python -m jobs.account_freezer.unfreeze --settings FILE --msisdn M --reason "…" [--false-positive ALERT_ID]`."""

import getpass
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg2
import typer

from contracts.account_freezer_settings import AccountFreezerSettings
from jobs.account_freezer.actions import Analyst
from jobs.account_freezer.crm import CrmDatabase
from jobs.account_freezer.reviewing import ReviewError, review
from jobs.runtime.postgres import PostgresCredentialsError
from jobs.runtime.settings import SettingsError, load_settings

NAMED_ERRORS = (PostgresCredentialsError, ReviewError, SettingsError, psycopg2.OperationalError)


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of AccountFreezerSettings")],
    msisdn: Annotated[str, typer.Option(help="Subscriber, E.164 without '+'")],
    reason: Annotated[str, typer.Option(help="Why, in words; it is kept in the audit")],
    false_positive: Annotated[
        str | None,
        typer.Option(help="Id of the alert that was wrong; its rule then leaves the subscriber alone for a while"),
    ] = None,
    analyst: Annotated[str | None, typer.Option(help="Who decided; your login name when absent")] = None,
) -> None:
    """Unfreeze the account of a subscriber. A running freezer publishes the action within a second."""
    if not reason.strip():
        raise typer.BadParameter("say why the account is unfrozen", param_hint="--reason")
    try:
        loaded = load_settings(AccountFreezerSettings, settings)
        by = Analyst(analyst or getpass.getuser(), reason.strip(), datetime.now(UTC))
        _report(loaded, by, msisdn, false_positive)
    except NAMED_ERRORS as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


def _report(settings: AccountFreezerSettings, analyst: Analyst, msisdn: str, wrong_alert_id: str | None) -> None:
    database = CrmDatabase(settings.database, os.environ)
    try:
        actions = review(database, analyst, msisdn, wrong_alert_id)
    finally:
        database.close()
    for action in actions:
        print(action.model_dump_json())
    if not actions:
        print(f"nothing to do: alert {wrong_alert_id} was marked before and the account is not frozen", file=sys.stderr)


if __name__ == "__main__":
    typer.run(main)
