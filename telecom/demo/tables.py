"""What the demo found, as tables and sentences for people."""

from rich.table import Table
from rich.text import Text

from telecom.audit.ledger_audit import Audit, TopicAudit
from telecom.audit.ledger_balance import LedgerBalance
from telecom.demo.accounts import AccountSummary
from telecom.demo.frauds import AlertSummary
from telecom.terminal.plain_table import plain_table


def ledger_table(audit: Audit) -> Table:
    """Every topic, counted against the ledger."""
    table = plain_table()
    table.add_column("TOPIC")
    for heading in ("PRODUCED", "IN KAFKA", "BRONZE", "DEAD LETTERS", "MISSING", "TWICE"):
        table.add_column(heading, justify="right")
    table.add_column("BALANCED")
    for topic in audit.topics:
        table.add_row(*_cells(topic), Text("yes", "green") if topic.is_balanced else Text("NO", "red"))
    return table


def _cells(topic: TopicAudit) -> list[str]:
    balance = topic.balance
    counts = (
        balance.produced,
        topic.in_kafka,
        balance.bronze,
        balance.dead_letters,
        balance.missing,
        topic.repeated_rows,
    )
    return [balance.topic, *(f"{count:,}" for count in counts)]


def accuracy_table(summary: AlertSummary) -> Table:
    """Every rule that had something to find or found something."""
    table = plain_table()
    table.add_column("RULE")
    for heading in ("PLANTED", "FOUND", "FALSE ALARMS", "PRECISION", "RECALL"):
        table.add_column(heading, justify="right")
    for score in summary.rules:
        counts = (str(count) for count in (score.planted, score.found, score.false_alarms))
        table.add_row(score.rule, *counts, f"{score.precision:.3f}", f"{score.recall:.3f}")
    return table


def delays(summary: AlertSummary) -> str:
    """How fast the alerts arrived, in words."""
    if summary.first_seconds is None or summary.p50_seconds is None or summary.p99_seconds is None:
        return "There was no alert about an event of this run."
    return (
        f"The first alert came {summary.first_seconds:.1f} s after the first source started. From a fraud being sent "
        f"to its alert being readable: p50 {summary.p50_seconds:.1f} s, p99 {summary.p99_seconds:.1f} s."
    )


def frozen_accounts(accounts: AccountSummary) -> str:
    """What the freezer did, in words."""
    return f"Accounts frozen in the CRM: {accounts.frozen}; alerts left to people: {accounts.kept}."


def open_accounts(audit: Audit) -> str:
    """Producers whose last entry in the ledger is not a closing one, in words; empty if there are none."""
    named = ", ".join(f"{producer} (run {run_id})" for producer, run_id in audit.ledger.open_runs())
    return f"Still running, or killed with up to two seconds unaccounted for: {named}" if named else ""


def silver_table(balance: LedgerBalance) -> Table:
    """Every topic, counted down to silver."""
    table = plain_table("TOPIC")
    for heading in ("PRODUCED", "DEAD LETTERS", "COPIES", "SILVER", "QUARANTINE", "MISSING"):
        table.add_column(heading, justify="right")
    for topic in balance.silver:
        counts = (topic.produced, topic.dead_letters, topic.copies, topic.silver, topic.quarantined, topic.missing)
        table.add_row(topic.topic, *(f"{count:,}" for count in counts))
    return table


def gold_verdict(balance: LedgerBalance) -> Text:
    """Whether the totals of gold are those of silver, in words."""
    if balance.gold_balanced:
        return Text("The totals of gold are those of silver.")
    return Text("The totals of gold are NOT those of silver.", "red")
