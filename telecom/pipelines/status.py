"""What runs on this machine: each component with its state, freshness, rows, lag and endpoint."""

from dataclasses import dataclass

from contracts import metric_names
from local.cluster.daemon_control import Row, describe
from local.cluster.object_store import SqliteCluster
from local.services.platform_services import SERVICE_NAMES
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.custom_resource import KIND_NAME, TELECOM_PIPELINE
from telecom.pipelines.metrics import Scrape, scrape
from telecom.pipelines.pipeline_view import PipelineView


@dataclass(frozen=True)
class Component:
    """One line of the status: a pipeline or a process. What a process does not report about itself is None.

    `freshness_seconds` is the age of the newest event of any topic, because a quiet topic is not a stale one.
    """

    component: str
    state: str
    freshness_seconds: float | None
    rows: int | None
    lag: int | None
    endpoint: str
    reason: str


def components(state: StateDirectory) -> list[Component]:
    """All pipelines, then all processes."""
    pipelines = [_of_pipeline(PipelineView(found)) for found in SqliteCluster(state.store).list_kind(TELECOM_PIPELINE)]
    return pipelines + [_of_process(row) for row in describe(state)]


def _of_pipeline(view: PipelineView) -> Component:
    metadata = view.resource["metadata"]
    is_well = view.holds("Ready") and not view.holds("Degraded")
    return Component(
        component=f"{KIND_NAME} {metadata['namespace']}/{metadata['name']}",
        state=view.stage or "Unknown",
        freshness_seconds=None,
        rows=None,
        lag=None,
        endpoint="",
        reason="; ".join(view.data_complaints)
        if is_well
        else view.message("Degraded" if view.holds("Degraded") else "Ready"),
    )


def _of_process(row: Row) -> Component:
    page = _page(row)
    lag = page.total(metric_names.SINK_LAG_RECORDS)
    rows = page.total(metric_names.SINK_ROWS)
    if rows is None:
        rows = page.total(metric_names.PRODUCER_ACKNOWLEDGED)
    return Component(
        component=row.component,
        state=row.state,
        freshness_seconds=page.lowest(metric_names.SINK_FRESHNESS_SECONDS),
        rows=None if rows is None else int(rows),
        lag=None if lag is None else int(lag),
        endpoint=row.endpoint,
        reason=row.reason,
    )


def _page(row: Row) -> Scrape:
    """Metrics of one of our own jobs; an engine has none in this form."""
    is_job = row.state == "Ready" and row.endpoint.startswith("http") and row.component not in SERVICE_NAMES
    return scrape(row.endpoint) if is_job else Scrape({})
