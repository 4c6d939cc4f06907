"""`telecom run`: the batch jobs of a pipeline, each as a Job that is followed to its end."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from local.cluster.object_store import SqliteCluster
from local.supervisor.ports import PortBook
from operators.telecom_pipeline.objects import names
from telecom.access.lake_query import Answer, ask
from telecom.batch.job_runs import run_to_success
from telecom.batch.nightly import FAILED, PASSED, WARNED, Days, Nightly, PublishedTable, run_nightly
from telecom.cli.query import trino_port
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from telecom.cli.up import tell
from telecom.pipelines.transforming_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, notices, print_json
from telecom.terminal.plain_table import plain_table

DAY = ["%Y-%m-%d"]
BLOCKED_EXIT_CODE = 3
COLOURS = {PASSED: "green", WARNED: "yellow", FAILED: "red"}
PipelineOption = Annotated[
    str | None, typer.Option("--pipeline", help="Name of the pipeline; not needed where there is one.")
]
DayOption = dt.datetime | None

app = typer.Typer(no_args_is_help=True, help="Run a batch job of a pipeline: ingest, then nightly, then churn.")


@app.command()
def nightly(
    date: Annotated[DayOption, typer.Option(formats=DAY, help="Day of the run; today if unset.")] = None,
    first: Annotated[DayOption, typer.Option("--from", formats=DAY, help="First event day to work on again.")] = None,
    until: Annotated[DayOption, typer.Option(formats=DAY, help="Day after the last one to work on again.")] = None,
    pipeline: PipelineOption = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Silver, gold, gates, publication. Exit code 3 if a gate blocked: readers keep the numbers that they see."""
    if (first is None) != (until is None):
        raise typer.BadParameter("event days need both --from and --until")
    directory = open_state(state)
    store, ports = SqliteCluster(directory.store), PortBook(directory.run)

    def ask_trino(sql: str) -> Answer:
        return ask(trino_port(ports), sql)

    days = Days(*(day.date() if day else None for day in (date, first, until)))
    done = run_nightly(directory, store, transforming_pipeline(store, pipeline), days, ask_trino, tell)
    if output is Output.JSON:
        print_json(asdict(done))
    else:
        print_nightly(done)
    if not done.is_published:
        raise typer.Exit(BLOCKED_EXIT_CODE)


@app.command()
def ingest(pipeline: PipelineOption = None, state: StateOption = DEFAULT_STATE) -> None:
    """Copy what changed in CRM and billing into bronze."""
    _run(names.CRM_BATCH_INGESTOR, pipeline, state)


@app.command()
def churn(pipeline: PipelineOption = None, state: StateOption = DEFAULT_STATE) -> None:
    """Score who is likely to leave, into gold and back into the CRM."""
    _run(names.CHURN, pipeline, state)


def print_nightly(done: Nightly) -> None:
    """Gates and published snapshots, for a person."""
    answers.print(gates_table(done))
    answers.print()
    if not done.is_published:
        blocking = ", ".join(gate.name for gate in done.gates if gate.outcome == FAILED)
        answers.print(f"[red]Not published:[/red] {blocking} failed. Readers see what they saw before.")
        return
    answers.print(published_table(done.published))


def gates_table(done: Nightly) -> Table:
    """Every gate with its verdict."""
    table = plain_table("GATE", "LAYER", "OUTCOME", "WORST READING", "OWNER", "EVIDENCE")
    for gate in done.gates:
        colour = COLOURS[gate.outcome]
        outcome = f"[{colour}]{gate.outcome}[/{colour}]"
        table.add_row(
            gate.name, gate.layer, outcome, f"{gate.value:.4g} {gate.unit}", gate.owner, escape(gate.evidence)
        )
    return table


def published_table(tables: Sequence[PublishedTable]) -> Table:
    """Every published table with its snapshot."""
    table = plain_table("PUBLISHED", "SNAPSHOT")
    for published in tables:
        table.add_row(published.table, str(published.snapshot))
    return table


def _run(component: str, pipeline: str | None, state: StateOption) -> None:
    directory = open_state(state)
    store = SqliteCluster(directory.store)
    done = run_to_success(directory, store, transforming_pipeline(store, pipeline), component, tell)
    notices.print(f"{component} done after {done.seconds:.1f} s; its output is in {done.log}")
