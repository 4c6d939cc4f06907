"""Prints what the batch jobs made of the events."""

from collections.abc import Sequence

from rich.table import Table

from jobs.nightly.ledger_balance import LedgerBalance
from jobs.nightly.questions import Answer
from telecom.access.lake_query import Answer as Rows
from telecom.cli.query import rows_table
from telecom.cli.run import print_nightly
from telecom.demo.numbers import Numbers
from telecom.demo.show import print_heading
from telecom.terminal.console import answers
from telecom.terminal.plain_table import plain_table


def print_numbers(numbers: Numbers) -> None:
    """Gates, published snapshots and the answers to the four questions."""
    print_heading(answers, "Which gates did the numbers pass, and what is published?")
    print_nightly(numbers.nightly)
    for answer in numbers.answers:
        print_heading(answers, answer.question.text)
        _print_answer(answer)


def silver_table(balance: LedgerBalance) -> Table:
    """Every topic counted down to silver."""
    table = plain_table("TOPIC")
    for heading in ("PRODUCED", "DEAD LETTERS", "COPIES", "SILVER", "QUARANTINE", "MISSING"):
        table.add_column(heading, justify="right")
    for topic in balance.silver:
        counts = (topic.produced, topic.dead_letters, topic.copies, topic.silver, topic.quarantined, topic.missing)
        table.add_row(topic.topic, *(f"{count:,}" for count in counts))
    return table


def print_silver(balance: LedgerBalance) -> None:
    """The ledger down to gold."""
    answers.print(silver_table(balance))
    answers.print(
        "Gold's totals are silver's." if balance.gold_balanced else "[red]Gold's totals are NOT silver's.[/red]"
    )


def _print_answer(answer: Answer) -> None:
    if not answer.rows:
        answers.print("None.")
        return
    columns = tuple(answer.rows[0])
    rows: Sequence[Sequence[object]] = [tuple(row.values()) for row in answer.rows]
    answers.print(rows_table(Rows(columns, rows)))
