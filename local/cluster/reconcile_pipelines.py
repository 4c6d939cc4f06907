"""Reconciles every TelecomPipeline of the store with the same code that the operator runs."""

from datetime import UTC, datetime

import structlog

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.figures.sink_figures import FiguresSource
from operators.telecom_pipeline.objects.custom_resource import TEARDOWN_FINALIZER, TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.reconcile.teardown import tear_down
from operators.telecom_pipeline.validate import validate

log = structlog.get_logger()


def pipeline_namespaces(store: SqliteCluster) -> set[str]:
    """Namespaces that have a pipeline."""
    return {manifest["metadata"]["namespace"] for manifest in store.list_kind(TELECOM_PIPELINE)}


def pipelines_with(store: SqliteCluster, section: str) -> list[Ref]:
    """Pipelines whose spec has a section, such as `fraudDetection`."""
    return [ref_of(found) for found in store.list_kind(TELECOM_PIPELINE) if found["spec"].get(section) is not None]


def valid_pipeline(store: SqliteCluster, ref: Ref) -> Pipeline | None:
    """The pipeline of that name; None if it does not exist or its spec is invalid."""
    outcome = validate(store.get(ref) or {})
    return outcome if isinstance(outcome, Pipeline) else None


def reconcile_pipelines(store: SqliteCluster, figures: FiguresSource) -> bool:
    """Run one pass over every pipeline; False if one failed and another pass is due. Idempotent."""
    return all([_reconcile_one(store, manifest, figures) for manifest in store.list_kind(TELECOM_PIPELINE)])


def _reconcile_one(store: SqliteCluster, manifest: Manifest, figures: FiguresSource) -> bool:
    ref = ref_of(manifest)
    try:
        if not manifest["metadata"].get("deletionTimestamp"):
            store.set_finalizers(ref, [TEARDOWN_FINALIZER])
            reconcile(store, ref, datetime.now(UTC), figures)
        elif tear_down(store, manifest).is_done:
            store.set_finalizers(ref, [])
    except Exception as error:  # one broken pipeline must not stop the others; it is tried again
        log.error("reconcile failed", pipeline=str(ref), error=str(error))
        return False
    return True
