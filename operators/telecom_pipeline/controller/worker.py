"""One pass over one pipeline, with owner references, metrics, events and logs around it."""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.clusters.owned import OwnedCluster
from operators.telecom_pipeline.controller.events import Transition, transitions
from operators.telecom_pipeline.controller.metrics import OperatorMetrics
from operators.telecom_pipeline.controller.watchdog import Watchdog
from operators.telecom_pipeline.figures.recent_figures import RecentFigures
from operators.telecom_pipeline.objects.cluster import ClusterError, NamespaceEndingError
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.reconcile.reconciliation import Reconciliation
from operators.telecom_pipeline.reconcile.teardown import Teardown, tear_down

_log = logging.getLogger(__name__)
ERROR_RESULT = "Error"
NAMESPACE_ENDING_RESULT = "NamespaceEnding"


@dataclass(frozen=True)
class Pass:
    """Result of a pass: events to post, and whether the pipeline may be left alone until something changes."""

    transitions: tuple[Transition, ...] = ()
    is_settled: bool = False


class Worker:
    """Reconciles pipelines of a cluster. Thread-safe; passes over one pipeline must not overlap."""

    def __init__(
        self, cluster: KubeCluster, metrics: OperatorMetrics, watchdog: Watchdog, figures: RecentFigures
    ) -> None:
        self._cluster = cluster
        self._metrics = metrics
        self._watchdog = watchdog
        self._figures = figures
        # Uids of pipelines whose namespaces are being deleted: one refusal is enough, because that cannot be undone.
        self._ending: set[str] = set()

    def reconcile(self, ref: Ref, woken_at: float | None) -> Pass:
        """Run one pass; trouble with the cluster is logged and counted, and the next pass tries again."""
        started, reconcile_id = time.monotonic(), uuid.uuid4().hex[:8]
        try:
            result, done = self._reconcile(ref, reconcile_id)
        except NamespaceEndingError as error:
            _log.info("%s: %s", ref, error, extra=_context(ref, reconcile_id))
            result, done = NAMESPACE_ENDING_RESULT, Pass(is_settled=True)
        except ClusterError as error:
            _log.warning("%s: %s", ref, error, extra=_context(ref, reconcile_id))
            result, done = ERROR_RESULT, Pass()
        self._watchdog.note_pass(ref)
        ended = time.monotonic()
        self._metrics.count_pass(result, ended - started, None if woken_at is None else ended - woken_at)
        return done

    def tear_down(self, ref: Ref) -> Teardown:
        """Take one step of a pipeline's deletion. Raises `ClusterError`."""
        resource = self._cluster.get(ref)
        if resource is None:
            return Teardown(())
        step = tear_down(self._cluster, resource)
        if step.is_done:
            self._metrics.forget(ref)
            self._figures.forget(ref.name, ref.namespace)
            self._ending.discard(resource["metadata"]["uid"])
        return step

    def _reconcile(self, ref: Ref, reconcile_id: str) -> tuple[str, Pass]:
        resource = self._cluster.get(ref)
        if resource is None or "deletionTimestamp" in resource["metadata"]:
            return "Gone", Pass(is_settled=True)
        if resource["metadata"]["uid"] in self._ending:
            return NAMESPACE_ENDING_RESULT, Pass(is_settled=True)
        try:
            outcome = reconcile(OwnedCluster(self._cluster, resource), ref, datetime.now(UTC), self._figures)
        except NamespaceEndingError:
            self._ending.add(resource["metadata"]["uid"])
            raise
        if outcome is None:
            return "Gone", Pass(is_settled=True)
        self._metrics.show(ref, outcome.status)
        if outcome.pipeline:
            self._metrics.show_limits(ref, outcome.pipeline.spec.monitoring)
        self._log_outcome(ref, reconcile_id, outcome)
        news = transitions(resource.get("status") or {}, outcome.status)
        return _ready_reason(outcome), Pass(news, is_settled=outcome.is_ready)

    def _log_outcome(self, ref: Ref, reconcile_id: str, outcome: Reconciliation) -> None:
        for child, failure in (outcome.failures or {}).items():
            _log.warning("%s: %s", child, failure.message, extra=_context(ref, reconcile_id))
        stage, reason = outcome.status["stage"], _ready_reason(outcome)
        _log.debug("%s: stage %s, %s", ref, stage, reason, extra=_context(ref, reconcile_id) | {"stage": stage})


def _ready_reason(outcome: Reconciliation) -> str:
    ready = next(condition for condition in outcome.status["conditions"] if condition["type"] == "Ready")
    reason: str = ready["reason"]
    return reason


def _context(ref: Ref, reconcile_id: str) -> dict[str, str]:
    return {"pipeline": f"{ref.namespace}/{ref.name}", "reconcile_id": reconcile_id}
