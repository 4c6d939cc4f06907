"""An erasure for people: what was done, and the proof. The number of the person is not repeated."""

from rich.console import Group
from rich.table import Table

from jobs.privacy.person import Erasure
from telecom.terminal.plain_table import plain_table


def erasure_report(erasure: Erasure) -> Group:
    """The places that held something, then the verdict."""
    return Group(_table(erasure), "", *verdict(erasure))


def erased_places(erasure: Erasure) -> list[tuple[str, int, int]]:
    """Each place that held something, with how much was deleted and how many mentions of others were redacted."""
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


def _table(erasure: Erasure) -> Table:
    table = plain_table("WHERE", "DELETED", "REDACTED")
    for place, deleted, redacted in erased_places(erasure):
        table.add_row(place, f"{deleted:,}", f"{redacted:,}")
    return table
