"""Conditions about the data, from what the sink says about itself and from the nightly runs. Pure.

Everything that gets into the status is coarse: figures are classes with a margin at their limits, and a condition that
turned False holds again only well within its limit. Otherwise every pass would write the status of a working pipeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.nightly_verdict import GateVerdict, NightlyVerdict
from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.children.workloads import job_state
from operators.telecom_pipeline.figures.sink_figures import SinkFigures
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.timestamps import timestamp
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_report import StageReport
from operators.telecom_pipeline.status.conditions import Verdict
from operators.telecom_pipeline.status.model import ConditionType, DataStatus, NightlyStatus, Reason

# A figure has to fall below this share of a limit before it counts as within the limit again.
RECOVERY_SHARE = 0.8
Classes = Sequence[tuple[float, str]]
# A figure is named by the first limit that it is below.
LAG_CLASSES: Classes = (
    (1, "0"),
    (1e3, "<1k"),
    (1e4, "<10k"),
    (1e5, "<100k"),
    (1e6, "<1M"),
    (1e7, "<10M"),
    (float("inf"), ">10M"),
)
AGE_CLASSES: Classes = (
    (60, "<1m"),
    (300, "<5m"),
    (900, "<15m"),
    (3600, "<1h"),
    (6 * 3600, "<6h"),
    (24 * 3600, "<1d"),
    (7 * 24 * 3600, "<7d"),
    (float("inf"), ">7d"),
)


@dataclass(frozen=True)
class NightlyRun:
    """The latest nightly run: its Job and, if it got that far, what its gates said."""

    job: Manifest | None = None
    verdict: NightlyVerdict | None = None

    @property
    def blockers(self) -> str:
        """Gates that kept it from publishing, and whom to call; empty where it failed in another way."""
        return ", ".join(f"{gate.name} (owner {gate.owner})" for gate in self._failed)

    @property
    def acceptances(self) -> str:
        """The arguments with which a person may accept what gates refused; empty if nobody may accept all of it."""
        found = [gate.acceptance for gate in self._failed]
        return ", then ".join(found) if all(found) else ""

    @property
    def _failed(self) -> tuple[GateVerdict, ...]:
        return tuple(gate for gate in (self.verdict.gates if self.verdict else ()) if gate.outcome == "failed")


@dataclass(frozen=True)
class DataReport:
    """Verdicts about the data, and what the status says about it."""

    verdicts: tuple[Verdict, ...]
    status: DataStatus


def report_data(
    pipeline: Pipeline,
    reports: Sequence[StageReport],
    figures: SinkFigures,
    nightly: NightlyRun,
    previous: Mapping[str, Any],
    now: datetime,
) -> DataReport:
    """Judge the data; `previous` is the previous status."""
    known = DataStatus.model_validate(previous.get("data") or {})
    age = figures.freshness_seconds
    status = DataStatus(
        lag=_class(figures.lag_records, LAG_CLASSES, known.lag),
        freshness=_class(age, AGE_CLASSES, known.freshness),
        last_publication_time=_publication_time(nightly.job) or known.last_publication_time,
        nightly=_shown(nightly.verdict) or known.nightly,
    )
    limits, before = pipeline.spec.monitoring, {each["type"]: each for each in previous.get("conditions", ())}
    fresh = _Limited(ConditionType.BRONZE_FRESH, limits.freshness_limit_seconds, "the newest event in bronze is", "s")
    bounded = _Limited(ConditionType.LAG_BOUNDED, limits.lag_limit_records, "waiting in Kafka:", "records")
    verdicts = [
        _silent(pipeline, reports) or fresh.verdict(age, status.freshness, before),
        bounded.verdict(figures.lag_records, status.lag, before),
    ]
    if pipeline.batch_jobs:
        verdicts.append(_published(pipeline, nightly, status.last_publication_time, now))
    return DataReport(tuple(verdicts), status)


@dataclass(frozen=True)
class _Limited:
    """A condition that holds while a figure is within a limit."""

    type: ConditionType
    limit: float
    text: str
    unit: str

    def verdict(self, value: float | None, shown: str, before: Mapping[str, Mapping[str, Any]]) -> Verdict:
        if value is None:
            return Verdict(self.type, None, Reason.NO_FIGURES, "the sink has not reported it yet")
        was_false = before.get(self.type, {}).get("status") == "False"
        holds = value <= self.limit * (RECOVERY_SHARE if was_false else 1)
        message = f"{self.text} {shown}; the limit is {self.limit:g} {self.unit}"
        return Verdict(self.type, holds, Reason.WITHIN_LIMIT if holds else Reason.BEYOND_LIMIT, message)


def _shown(verdict: NightlyVerdict | None) -> NightlyStatus | None:
    return NightlyStatus.model_validate_json(verdict.text()) if verdict else None


def _class(value: float | None, classes: Classes, known: str) -> str:
    """Name of a value's class; a value that has just dropped below its previous class stays in that class."""
    if value is None:
        return ""
    index = next(index for index, (limit, _) in enumerate(classes) if value < limit)
    above = classes[index + 1][1] if index + 1 < len(classes) else None
    is_near = value >= classes[index][0] * RECOVERY_SHARE
    return known if known and known == above and is_near else classes[index][1]


def _silent(pipeline: Pipeline, reports: Sequence[StageReport]) -> Verdict | None:
    """Where no events are sent, freshness is not judged: the newest event is bound to grow old."""
    is_done = any(each.stage is Stage.SOURCES and each.state is State.COMPLETED for each in reports)
    if not (is_done or pipeline.is_suspended):
        return None
    return Verdict(ConditionType.BRONZE_FRESH, None, Reason.SOURCES_SILENT, "the sources send nothing")


def _publication_time(nightly: Manifest | None) -> str | None:
    """When the Job of a nightly run succeeded; a run that a gate kept from publishing ends as a failure."""
    if nightly is None or job_state(nightly).state is not State.COMPLETED:
        return None
    completed: str | None = nightly["status"].get("completionTime")
    return completed and timestamp(datetime.fromisoformat(completed))


def _way_out(pipeline: Pipeline, acceptances: str) -> str:
    return f"; to accept it: telecom accept {acceptances}, on Kubernetes: telecom kube accept {pipeline.name} …"


def _published(pipeline: Pipeline, nightly: NightlyRun, last: str | None, now: datetime) -> Verdict:
    if nightly.job is not None and (state := job_state(nightly.job)).state is State.FAILED:
        why = f"gates failed: {nightly.blockers}" if nightly.blockers else state.message or state.reason
        way_out = _way_out(pipeline, nightly.acceptances) if nightly.acceptances else ""
        text = f"the nightly run did not publish: {why}{way_out}"
        return Verdict(ConditionType.PUBLISHED, False, Reason.PUBLICATION_FAILED, text)
    if last is None:
        return Verdict(ConditionType.PUBLISHED, None, Reason.NOT_PUBLISHED_YET, "no nightly run has published yet")
    limit = pipeline.spec.monitoring.publication_limit_seconds
    holds = (now - datetime.fromisoformat(last)).total_seconds() <= limit
    reason = Reason.WITHIN_LIMIT if holds else Reason.BEYOND_LIMIT
    return Verdict(ConditionType.PUBLISHED, holds, reason, f"last at {last}; the limit is {limit:g} s")
