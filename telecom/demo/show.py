"""What the demo prints at its end."""

from pathlib import Path

from local.state.paths import StateDirectory
from telecom.batch.nightly_tables import nightly_report
from telecom.demo.bronze_questions import QUESTIONS
from telecom.demo.frauds import AlertSummary
from telecom.demo.gold_questions import Answer
from telecom.demo.numbers import Numbers
from telecom.demo.report import Seconds
from telecom.demo.run import DemoRun
from telecom.demo.tables import (
    accuracy_table,
    delays,
    frozen_accounts,
    gold_verdict,
    ledger_table,
    open_accounts,
    silver_table,
)
from telecom.pipelines.status import components
from telecom.pipelines.status_table import status_table
from telecom.terminal.console import answers, print_heading
from telecom.terminal.plain_table import rows_table

NEXT_COMMANDS = (
    ("query 'SHOW SCHEMAS' --user transformer", "ask the lake in SQL, as the jobs do"),
    ("status --watch", "watch the components"),
    ("down", "stop everything, keep the data"),
)


def print_run(run: DemoRun, state: StateDirectory) -> None:
    """Everything that the demo found, and what runs now."""
    if run.numbers:
        _print_numbers(run.numbers)
    else:
        _print_questions(run)
    if run.alerts:
        _print_alerts(run.alerts)
    _print_ledger(run)
    print_heading(answers, "What runs here")
    answers.print(status_table(components(state)))


def print_end(seconds: Seconds, report_file: Path, state: StateDirectory) -> None:
    """The good end: how long it took, and what to do next."""
    parts = f"fetch {seconds.fetch:.0f} s, up {seconds.up:.0f} s, run {seconds.run:.0f} s"
    nightly = f", nightly {seconds.nightly:.0f} s" if seconds.nightly else ""
    print_heading(answers, f"Balanced. {parts}{nightly}")
    answers.print(f"Report: {report_file}")
    answers.print("Next:")
    for verb, purpose in NEXT_COMMANDS:
        answers.print(f"  {state.command(verb):58} {purpose}")


def _print_numbers(numbers: Numbers) -> None:
    print_heading(answers, "Which gates did the numbers pass, and what is published?")
    answers.print(nightly_report(numbers.nightly))
    for answer in numbers.answers:
        print_heading(answers, answer.question.text)
        _print_answer(answer)


def _print_answer(answer: Answer) -> None:
    if not answer.rows:
        answers.print("None.")
        return
    answers.print(rows_table(tuple(answer.rows[0]), [tuple(row.values()) for row in answer.rows]))


def _print_questions(run: DemoRun) -> None:
    for question in QUESTIONS:
        print_heading(answers, question.words)
        answer = run.ask(question.sql)
        answers.print(rows_table(answer.columns, answer.rows))


def _print_alerts(alerts: AlertSummary) -> None:
    print_heading(answers, "Which of the planted frauds were found, and how fast?")
    answers.print(accuracy_table(alerts))
    answers.print(delays(alerts))
    if alerts.accounts:
        answers.print(frozen_accounts(alerts.accounts))


def _print_ledger(run: DemoRun) -> None:
    print_heading(answers, "Every event is accounted for: produced = bronze + dead letters")
    answers.print(ledger_table(run.audit))
    if run.numbers and (balance := run.numbers.balance):
        print_heading(answers, "… and down to gold: bronze = silver + copies + quarantine, gold = silver")
        answers.print(silver_table(balance))
        answers.print(gold_verdict(balance))
    if remark := open_accounts(run.audit):
        answers.print(remark)
