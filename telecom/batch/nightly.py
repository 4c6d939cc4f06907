"""A nightly run, and what the audit tables say about it."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local.errors import LocalError
from telecom.access.query import Ask
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
    """Verdict of one gate; `evidence` names the worst readings."""

    name: str
    layer: str
    outcome: str
    value: float
    unit: str
    owner: str
    evidence: str


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

    def count(self, outcome: str) -> int:
        """Gates with that outcome."""
        return sum(gate.outcome == outcome for gate in self.gates)


def run_nightly(target: LocalPipeline, days: Days, ask: Ask, tell: Tell) -> Nightly:
    """Run silver, gold, gates and publication as a Job. Raises `LocalError` if it ended without a verdict."""
    run_id = uuid.uuid4().hex
    arguments = [*days.arguments(), "--run-id", run_id]
    finished = run_batch_job(target, BatchJob.NIGHTLY, arguments, tell)
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
    return Nightly(run_id, finished.seconds, _gates(run_id, ask), published_tables(snapshots))


def published_tables(snapshots: Mapping[str, int]) -> tuple[PublishedTable, ...]:
    """The published snapshots, ordered by table."""
    return tuple(PublishedTable(f"gold.{table}", snapshot) for table, snapshot in sorted(snapshots.items()))


def _gates(run_id: str, ask: Ask) -> tuple[Gate, ...]:
    answer = ask(
        "SELECT gate AS name, layer, outcome, value, unit, owner, evidence FROM audit.gate_results"  # noqa: S608
        f" WHERE run_id = '{run_id}' ORDER BY gate_number"
    )
    rows = (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
    return tuple(Gate(**{**row, "evidence": _worst(row["evidence"])}) for row in rows)


def _worst(evidence: str) -> str:
    readings: Sequence[dict[str, object]] = json.loads(evidence)
    return "; ".join(f"{reading['subject']} {reading['detail']}".strip() for reading in readings[:2])
