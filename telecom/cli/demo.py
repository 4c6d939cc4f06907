"""`telecom demo`: the whole story on one machine, with a verdict."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from local.errors import LocalError
from local.state.paths import StateDirectory
from local.supervisor.ports import PortBook
from telecom.cli.fetch import engines_for, fetch_engines
from telecom.cli.numbers import print_numbers, print_silver
from telecom.cli.query import rows_table, trino_port
from telecom.cli.state_option import DEFAULT_STATE, StateOption, open_state
from telecom.cli.status import print_status
from telecom.cli.up import DEFAULT_FILE, FileOption, tell
from telecom.demo.questions import QUESTIONS
from telecom.demo.report import Alerts, Gates, Published, Report, Seconds, TopicCounts
from telecom.demo.run import DemoRun, engine_versions, run_demo
from telecom.demo.show import alerts_table, delays, frozen_accounts, ledger_table, open_accounts, print_heading
from telecom.doctor.ready_machine import require_ready_machine
from telecom.pipelines.resource_file import read_resource
from telecom.terminal.console import answers, notices

NEXT_COMMANDS = (
    ("telecom query 'SELECT count(*) FROM bronze.call_events'", "ask the lake in SQL"),
    ("telecom status --watch", "watch the components"),
    ("telecom down", "stop everything, keep the data"),
)


class LedgerNotBalancedError(LocalError):
    """Something that was produced is missing, or is there twice."""


class NotPublishedError(LocalError):
    """A gate kept the numbers of this run from readers."""


def demo(
    file: FileOption = DEFAULT_FILE,
    state: StateOption = DEFAULT_STATE,
    report: Annotated[
        Path | None, typer.Option(help="Where to write report.json. Default: demo/report.json below the state folder.")
    ] = None,
) -> None:
    """Run a pipeline with bounded sources: account for every event, publish numbers. Exit code 0 if all holds."""
    require_ready_machine()
    print_heading(notices, "Engines")
    fetch_seconds = fetch_engines(engines_for(read_resource(file)))
    directory = open_state(state)
    ports = PortBook(directory.run)
    print_heading(notices, "Pipeline")
    run = run_demo(directory, file, lambda: trino_port(ports), tell)
    _print_answers(run)
    _print_whereabouts(directory)
    written = _report(run, fetch_seconds)
    report_file = report or directory.root / "demo" / "report.json"
    written.write(report_file)
    _require_good_end(run)
    _print_end(written.seconds, report_file)


def _report(run: DemoRun, fetch_seconds: float) -> Report:
    numbers = run.numbers
    nightly = numbers.nightly if numbers else None
    return Report(
        ledger=TopicCounts.of(run.audit, numbers.balance if numbers else None),
        alerts=Alerts.of(run.alerts) if run.alerts else None,
        gates=Gates.of(nightly) if nightly else None,
        published=[Published(**asdict(published)) for published in nightly.published] if nightly else None,
        seconds=Seconds(
            fetch=fetch_seconds,
            up=run.pipeline.seconds,
            run=run.run_seconds,
            nightly=nightly.seconds if nightly else None,
        ),
        engines=engine_versions(run.pipeline.resource),
    )


def _print_answers(run: DemoRun) -> None:
    if run.numbers:
        print_numbers(run.numbers)
    else:
        for question in QUESTIONS:
            print_heading(answers, question.words)
            answers.print(rows_table(run.ask(question.sql)))
    if run.alerts:
        print_heading(answers, "Which of the planted frauds were found, and how fast?")
        answers.print(alerts_table(run.alerts))
        answers.print(delays(run.alerts))
        if run.alerts.accounts:
            answers.print(frozen_accounts(run.alerts.accounts))
    print_heading(answers, "Every event is accounted for: produced = bronze + dead letters")
    answers.print(ledger_table(run.audit))
    if run.numbers and run.numbers.balance:
        print_heading(answers, "… and down to gold: bronze = silver + copies + quarantine, gold = silver")
        print_silver(run.numbers.balance)
    if remark := open_accounts(run.audit):
        answers.print(remark)


def _print_whereabouts(state: StateDirectory) -> None:
    print_heading(answers, "What runs here")
    print_status(state)


def _require_good_end(run: DemoRun) -> None:
    if not run.audit.is_balanced:
        short = ", ".join(topic.balance.topic for topic in run.audit.topics if not topic.is_balanced)
        raise LedgerNotBalancedError(
            "balance the ledger", f"see the table above: {short}", "telecom logs kafka-to-bronze"
        )
    if run.numbers and not run.numbers.nightly.is_published:
        raise NotPublishedError("publish the numbers", "a gate failed, see above", "telecom run nightly")
    if run.numbers and run.numbers.balance and not run.numbers.balance.is_balanced:
        raise LedgerNotBalancedError("balance silver and gold", "see the table above", "telecom logs nightly")


def _print_end(seconds: Seconds, report_file: Path) -> None:
    parts = f"fetch {seconds.fetch:.0f} s, up {seconds.up:.0f} s, run {seconds.run:.0f} s"
    nightly = f", nightly {seconds.nightly:.0f} s" if seconds.nightly else ""
    print_heading(answers, f"Balanced. {parts}{nightly}")
    answers.print(f"Report: {report_file}")
    answers.print("Next:")
    for command, purpose in NEXT_COMMANDS:
        answers.print(f"  {command:58} {purpose}")
