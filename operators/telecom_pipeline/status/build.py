"""The status of a pipeline, complete, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.settings import CatalogConnection, JdbcCatalog
from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.objects.timestamps import timestamp
from operators.telecom_pipeline.pipeline.endpoints import Endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_report import SETTLED, StageReport, name_of
from operators.telecom_pipeline.status.conditions import Verdict, judge, judge_deletion, judge_invalid, stamp
from operators.telecom_pipeline.status.data import DataReport
from operators.telecom_pipeline.status.model import DryRunStatus, EndpointStatus, PipelineStatus, StageStatus
from operators.telecom_pipeline.status.overdue import TOLERANCES
from operators.telecom_pipeline.upgrade.record import Upgrade
from operators.telecom_pipeline.validate import Problem

RUNNING = "Running"
COMPLETED = "Completed"
SUSPENDED = "Suspended"
INVALID = "Invalid"
DELETING = "Deleting"


@dataclass(frozen=True)
class StatusContext:
    """What every status depends on: the resource's generation, its previous status, and the time of the pass."""

    generation: int
    previous: Mapping[str, Any]
    now: datetime


@dataclass(frozen=True)
class Findings:
    """What a pass found out and did. `inventory` holds the names of the children that exist."""

    reports: Sequence[StageReport] = ()
    endpoints: Endpoints = field(default_factory=Endpoints)
    problems: Sequence[Problem] = ()
    upgrade: Upgrade | None = None
    dry_run: DryRunStatus | None = None
    data: DataReport | None = None
    inventory: Sequence[str] = ()


def build_status(pipeline: Pipeline, found: Findings, context: StatusContext) -> dict[str, Any]:
    """Status of a pipeline with a known valid spec. Times of the previous status stay where nothing changed."""
    has_pending_changes = bool(found.dry_run and found.dry_run.changes)
    verdicts = judge(pipeline, found.reports, found.problems, found.upgrade, has_pending_changes=has_pending_changes)
    verdicts = (*verdicts, *(found.data.verdicts if found.data else ()))
    status = _assemble(verdicts, _current_stage(pipeline, found.reports), found, context)
    parts: dict[str, Any] = {"upgrade": found.upgrade, "dry_run": found.dry_run, "inventory": list(found.inventory)}
    parts |= {"data": found.data.status if found.data else None}
    return _written(status.model_copy(update=parts))


def build_invalid_status(problems: Sequence[Problem], context: StatusContext) -> dict[str, Any]:
    """Status of a pipeline that never had a valid spec."""
    return _written(_assemble(judge_invalid(problems), INVALID, Findings(), context))


def build_deletion_status(message: str, is_paused: bool, context: StatusContext) -> dict[str, Any]:
    """Status of a pipeline that is being deleted."""
    return _written(_assemble(judge_deletion(message, is_paused), DELETING, Findings(), context))


def _assemble(verdicts: Sequence[Verdict], stage: str, found: Findings, context: StatusContext) -> PipelineStatus:
    stamped = timestamp(context.now)
    return PipelineStatus(
        observed_generation=context.generation,
        stage=stage,
        conditions=stamp(verdicts, context.generation, context.previous, stamped),
        stages=_stages(found.reports, context.previous, stamped),
        endpoints=_endpoints(found.endpoints),
        warnings=[warning for report in found.reports for warning in report.warnings],
    )


def _written(status: PipelineStatus) -> dict[str, Any]:
    return status.model_dump(mode="json", by_alias=True, exclude_none=True)


def _current_stage(pipeline: Pipeline, reports: Sequence[StageReport]) -> str:
    unsettled = next((report.stage for report in reports if report.state not in SETTLED), None)
    if unsettled:
        return unsettled.value
    if pipeline.is_suspended:
        return SUSPENDED
    is_done = any(report.stage is Stage.SOURCES and report.state is State.COMPLETED for report in reports)
    return COMPLETED if is_done else RUNNING


def _stages(reports: Sequence[StageReport], previous: Mapping[str, Any], now: str) -> list[StageStatus]:
    before = {stage["name"]: stage for stage in previous.get("stages", [])}
    return [_stage(report, before.get(report.stage, {}), now) for report in reports]


def _stage(report: StageReport, before: Mapping[str, Any], now: str) -> StageStatus:
    return StageStatus(
        name=report.stage,
        state=report.state,
        reason=report.reason,
        message=report.message,
        ready=f"{report.settled_count}/{report.child_count}",
        child=name_of(report.child) if report.child else "",
        last_transition_time=before["lastTransitionTime"] if _is_same(report, before) else now,
    )


def _is_same(report: StageReport, before: Mapping[str, Any]) -> bool:
    """Whether the stage is as it was; a reason that is only tolerated for a while starts a time of its own."""
    is_timed = report.reason in TOLERANCES
    return before.get("state") == report.state and (not is_timed or before.get("reason") == report.reason)


def _endpoints(endpoints: Endpoints) -> EndpointStatus:
    return EndpointStatus(
        kafka_bootstrap_servers=endpoints.bootstrap_servers or "",
        s3_endpoint=endpoints.s3_endpoint or "",
        catalog=_catalog_url(endpoints.catalog),
    )


def _catalog_url(catalog: CatalogConnection | None) -> str:
    if catalog is None:
        return ""
    if isinstance(catalog, JdbcCatalog):
        return f"jdbc://{catalog.host}:{catalog.port}/{catalog.database}"
    return catalog.uri
