"""`telecom erase`: take a person out of every layer, and show that nothing is left."""

from typing import Annotated

import typer

from jobs.privacy.person import Erasure
from local.cluster.object_store import SqliteCluster
from telecom.batch.erase import erase_everywhere
from telecom.cli.run import PipelineOption
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from telecom.pipelines.transforming_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, print_json
from telecom.terminal.plain_table import plain_table

SOMETHING_LEFT_EXIT_CODE = 4
QUESTION = "Erase everything about this person from CRM, lake and Kafka? There is no way back"


def erase(
    subject: Annotated[str, typer.Option(help="Phone number, E.164 without '+'.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    pipeline: PipelineOption = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Erase a person, then search everything that is left for them. Exit code 4 if something is: run it again."""
    directory = open_state(state)
    store = SqliteCluster(directory.store)
    chosen = transforming_pipeline(store, pipeline)
    if not yes:
        typer.confirm(QUESTION, abort=True, err=True)
    erasure = erase_everywhere(directory, store, chosen, subject)
    if output is Output.JSON:
        print_json(erasure.summary())
    else:
        print_erasure(erasure)
    if not erasure.is_complete:
        raise typer.Exit(SOMETHING_LEFT_EXIT_CODE)


def print_erasure(erasure: Erasure) -> None:
    """What was done and the proof, for a person; the number is not repeated."""
    table = plain_table("WHERE", "DELETED", "REDACTED")
    for place, deleted, redacted in erased_places(erasure):
        table.add_row(place, f"{deleted:,}", f"{redacted:,}")
    answers.print(table)
    answers.print()
    for line in verdict(erasure):
        answers.print(line, markup=False)


def erased_places(erasure: Erasure) -> list[tuple[str, int, int]]:
    """Each place that held something: rows or records deleted, and those of others in which a mention was replaced."""
    places = [
        ("crm.customers", erasure.crm.customers, 0),
        ("crm.account_actions", erasure.crm.account_actions, 0),
        ("crm.churn_scores", erasure.crm.churn_scores, 0),
        *((done.table, done.deleted_rows, done.redacted_rows) for done in erasure.tables),
        ("Kafka: event topics", sum(done.removed for done in erasure.records), 0),
        ("Kafka: dead letters", sum(done.removed for done in erasure.letters), 0),
    ]
    return [place for place in places if place[1] or place[2]]


def verdict(erasure: Erasure) -> list[str]:
    """The proof, in words."""
    searched = f"Searched {erasure.proof.files_searched:,} files, those of expired snapshots included"
    if erasure.proof.is_clean:
        lines = [f"{searched}: nothing of this person is left."]
    else:
        lines = [f"{searched}. Something is left in:", *erasure.proof.files_with_matches]
    if waiting := erasure.records_not_in_bronze_yet:
        lines.append(
            f"Not erased yet: {waiting} records in Kafka that the sink has not read; run it again in a moment."
        )
    return lines
