"""A nightly run, and what the audit tables say about it."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.nightly_verdict import acceptance_arguments
from jobs.nightly.gates.gate import is_refused
from local.errors import LocalError
from telecom.access.query import Ask
from telecom.batch.accept import ACCEPTABLE_GATES
from telecom.batch.job_names import BatchJob
from telecom.batch.job_runs import FinishedRun, run_batch_job
from telecom.pipelines.follow import Tell
from telecom.pipelines.local_pipeline import LocalPipeline

PASSED, WARNED, FAILED = "passed", "warned", "failed"
TRIED = "run the nightly job"


class NightlyFailedError(LocalError):
    """The run ended without a verdict, so readers see what they saw before."""


@dataclass(frozen=True)
class Days:
    """Which days a run works on: arrivals of `date` (`today`, `yesterday` or YYYY-MM-DD in the pipeline's time zone;
    yesterday if unset), or the event days from `first` to the day before `until`.
    """

    date: str | None = None
    first: dt.date | None = None
    until: dt.date | None = None

    def arguments(self) -> list[str]:
        """The days as arguments of the job."""
        given = {"--date": self.date, "--from": self.first, "--until": self.until}
        return [text for option, day in given.items() if day for text in (option, str(day))]


@dataclass(frozen=True)
class Gate:
    """Verdict of one gate; `evidence` names the worst readings, `refused_days` are those that a person may accept."""

    name: str
    layer: str
    outcome: str
    value: float
    unit: str
    owner: str
    evidence: str
    refused_days: tuple[dt.date, ...] = ()


@dataclass(frozen=True)
class PublishedTable:
    """A gold table, and its snapshot that readers see."""

    table: str
    snapshot: int


@dataclass(frozen=True)
class Nightly:
    """A run that ended with a verdict; nothing is published if a gate failed."""

    run_id: str
    seconds: float
    gates: tuple[Gate, ...]
    published: tuple[PublishedTable, ...]

    @property
    def is_published(self) -> bool:
        """Whether readers see the numbers of this run."""
        return bool(self.published) and not self.count(FAILED)

    @property
    def acceptances(self) -> tuple[str, ...]:
        """Arguments of `telecom accept`, one for each gate that failed; none if nobody may accept all of them."""
        failed = [acceptance_arguments(gate.name, gate.refused_days) for gate in self.gates if gate.outcome == FAILED]
        return tuple(failed) if all(failed) else ()

    def count(self, outcome: str) -> int:
        """Gates with that outcome."""
        return sum(gate.outcome == outcome for gate in self.gates)


def run_nightly(target: LocalPipeline, days: Days, ask: Ask, tell: Tell) -> Nightly:
    """Run silver, gold, gates and publication as a Job. Raises `LocalError` if it ended without a verdict."""
    run_id = uuid.uuid4().hex
    arguments = [*days.arguments(), "--run-id", run_id]
    finished = run_batch_job(target, BatchJob.NIGHTLY.component, arguments, tell)
    # A gate that blocks fails the Job too, but only a run that came that far has written its verdict.
    nightly = _verdict(run_id, finished, ask)
    if nightly is None:
        raise NightlyFailedError(TRIED, finished.last_words, f"less {finished.log}")
    return nightly


def _verdict(run_id: str, finished: FinishedRun, ask: Ask) -> Nightly | None:
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'audit'"
    if ("publications",) not in {tuple(row) for row in ask(tables).rows}:
        return None
    publications = ask(f"SELECT snapshots FROM audit.publications WHERE run_id = '{run_id}'").rows  # noqa: S608
    if not publications:
        return None
    snapshots: dict[str, int] = json.loads(publications[0][0])
    return Nightly(run_id, finished.seconds, gates_of(run_id, ask), published_tables(snapshots))


def published_tables(snapshots: Mapping[str, int]) -> tuple[PublishedTable, ...]:
    """The published snapshots, ordered by table."""
    return tuple(PublishedTable(f"gold.{table}", snapshot) for table, snapshot in sorted(snapshots.items()))


def gates_of(run_id: str, ask: Ask) -> tuple[Gate, ...]:
    """The gates of a run, in their order."""
    answer = ask(
        "SELECT gate AS name, layer, outcome, value, unit, owner, evidence, block_above, run_date"  # noqa: S608
        f" FROM audit.gate_results WHERE run_id = '{run_id}' ORDER BY gate_number"
    )
    return tuple(_gate(dict(zip(answer.columns, row, strict=True))) for row in answer.rows)


def _gate(row: Mapping[str, Any]) -> Gate:
    readings: Sequence[Mapping[str, Any]] = json.loads(row["evidence"])
    refused = [
        reading["day"] or str(row["run_date"])
        for reading in readings
        if is_refused(reading["value"], row["block_above"]) and not reading["accepted"]
    ]
    days = tuple(sorted({dt.date.fromisoformat(day) for day in refused})) if row["name"] in ACCEPTABLE_GATES else ()
    told = {name: row[name] for name in ("name", "layer", "outcome", "value", "unit", "owner")}
    return Gate(**told, evidence=_worst(readings), refused_days=days)


def _worst(readings: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(
        " ".join(text for text in (reading["subject"], reading["detail"], reading["accepted"]) if text)
        for reading in readings[:2]
    )
