"""`python -m jobs.privacy --settings FILE --subject MSISDN`: erase a person and prove it."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from contracts.batch_settings import EraseSettings
from jobs.privacy.dead_letters import DeadLetterErasureError
from jobs.privacy.erase import UnknownPinError, UnpublishedGoldError
from jobs.privacy.person import erase_person
from jobs.privacy.raw_topics import RawTopicErasureError
from jobs.privacy.subject import NotASubjectError
from jobs.runtime.commit_errors import COMMIT_ERRORS
from jobs.runtime.dialling import UnknownNumberingError
from jobs.runtime.kafka import KafkaCredentialsError
from jobs.runtime.lake_lock import LakeBusyError
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.postgres import PostgresCredentialsError
from jobs.runtime.published_tags import SnapshotGoneError
from jobs.runtime.settings import load_settings
from jobs.runtime.vault import TokenKeyError

NAMED_ERRORS = (
    *(NotASubjectError, UnknownNumberingError, TokenKeyError, KafkaCredentialsError, PostgresCredentialsError),
    *(DeadLetterErasureError, RawTopicErasureError, UnpublishedGoldError, UnknownPinError),
    *(LakeBusyError, SnapshotGoneError, *COMMIT_ERRORS),
)


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of EraseSettings")],
    subject: Annotated[str, typer.Option(help="Phone number of the person, in any spelling")],
    customer: Annotated[str | None, typer.Option(help="Customer id, if the number is theirs no more")] = None,
) -> None:
    """Erase a person from the CRM, bronze, silver, gold and Kafka, then search all that is left for them.

    Prints what was done as JSON, without the number. Exit code 4 if something is left, which includes records in
    Kafka that are not in bronze yet: run it again when the sink has read them.
    """
    configure_logs("privacy")
    with fatal_in_one_line(*NAMED_ERRORS):
        erasure = erase_person(load_settings(EraseSettings, settings), os.environ, subject, customer)
        typer.echo(json.dumps(erasure.summary()))
        if not erasure.is_complete:
            raise typer.Exit(4)


if __name__ == "__main__":
    typer.run(main)
