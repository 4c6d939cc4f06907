"""`python -m jobs.privacy --settings FILE --subject MSISDN`: erase a person and prove it."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from contracts.batch_settings import EraseSettings
from jobs.privacy.crm import delete_customer
from jobs.privacy.erase import erase, find_subject
from jobs.privacy.proof import search
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.logs import configure_logs
from jobs.runtime.postgres import connect
from jobs.runtime.settings import load_settings
from jobs.runtime.trino import TrinoSql


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of EraseSettings")],
    subject: Annotated[str, typer.Option(help="Phone number, E.164 without '+'")],
) -> None:
    """Erase a person from the CRM and from bronze, silver and gold, then search all that is left for them.

    Prints what was done as JSON, without the number. Exit code 4 when something is left.
    """
    configure_logs("privacy")
    loaded = load_settings(EraseSettings, settings)
    catalog = open_catalog(loaded.catalog, loaded.s3, os.environ)
    person = find_subject(catalog, subject)
    deleted = delete_customer(connect(loaded.database, os.environ), subject)
    erased = list(erase(catalog, TrinoSql(loaded.trino), person))
    proof = search(catalog, person.needles)
    tables = [asdict(done) for done in erased if done.deleted_rows or done.redacted_rows]
    typer.echo(json.dumps({"crm_customers_deleted": deleted, "tables": tables, "proof": asdict(proof)}))
    if not proof.is_clean:
        raise typer.Exit(4)


if __name__ == "__main__":
    typer.run(main)
