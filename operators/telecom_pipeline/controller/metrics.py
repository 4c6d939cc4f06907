"""The operator's metrics about itself and its pipelines."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from contracts import metric_names as names
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.spec.monitoring import Monitoring

_PIPELINE = ("namespace", "pipeline")
_STATUSES = ("True", "False", "Unknown")
_OUTCOME_LEVELS = {"passed": 0, "warned": 1, "failed": 2}
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class OperatorMetrics:
    """The operator's metrics in a registry. `watch_age_seconds` is asked at each scrape."""

    def __init__(self, registry: CollectorRegistry, watch_age_seconds: Callable[[], float]) -> None:
        self._reconciles = Counter(
            names.OPERATOR_RECONCILES, "Passes by result: the reason of Ready, or Error.", ["result"], registry=registry
        )
        self._duration = Histogram(
            names.OPERATOR_RECONCILE_SECONDS, "Time of one pass.", buckets=_SECONDS, registry=registry
        )
        self._latency = Histogram(
            names.OPERATOR_EVENT_TO_RECONCILE_SECONDS,
            "From an object's change being seen to the end of the pass that took it into account.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._calls = Counter(
            names.OPERATOR_API_CALLS, "Calls to the API server.", ["method", "code"], registry=registry
        )
        self._drift = Counter(
            names.OPERATOR_DRIFT_CORRECTIONS, "Fields taken back from another manager.", ["kind"], registry=registry
        )
        self._show_pipelines_in(registry)
        self.leader = Gauge(names.OPERATOR_LEADER, "1 while this process is the one that works.", registry=registry)
        Gauge(
            names.OPERATOR_WATCH_AGE_SECONDS,
            "Time since the stalest watch heard from the API server.",
            registry=registry,
        ).set_function(watch_age_seconds)

    def _show_pipelines_in(self, registry: CollectorRegistry) -> None:
        self._of_pipelines: list[Gauge] = []

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            self._of_pipelines.append(Gauge(name, text, [*_PIPELINE, *labels], registry=registry))
            return self._of_pipelines[-1]

        self._conditions = gauge(
            names.OPERATOR_PIPELINE_CONDITION, "1 for the status that a condition has.", "type", "status"
        )
        self._stages = gauge(names.OPERATOR_STAGE_READY_RATIO, "Share of a stage's children that are ready.", "stage")
        self._lag_limit = gauge(names.OPERATOR_LAG_LIMIT_RECORDS, "spec.monitoring.lagLimitRecords.")
        self._freshness_limit = gauge(names.OPERATOR_FRESHNESS_LIMIT_SECONDS, "spec.monitoring.freshnessLimitSeconds.")
        self._publication_limit = gauge(
            names.OPERATOR_PUBLICATION_LIMIT_SECONDS, "spec.monitoring.publicationLimitSeconds."
        )

        self._published_at = gauge(
            names.OPERATOR_LAST_PUBLICATION_TIME_SECONDS, "When the last nightly run that published ended."
        )
        of_gate = ("gate", "layer", "owner")
        self._gate_values = gauge(names.GATE_VALUE, "Worst reading of the gate in the last nightly run.", *of_gate)
        self._gate_outcomes = gauge(names.GATE_OUTCOME, "0 passed, 1 warned, 2 failed: not published.", *of_gate)

    def count_call(self, method: str, code: int) -> None:
        """Count an answered call to the API server."""
        self._calls.labels(method, str(code)).inc()

    def count_drift(self, ref: Ref) -> None:
        """Count a field that another manager had changed."""
        self._drift.labels(ref.kind.name).inc()

    def count_pass(self, result: str, duration_seconds: float, latency_seconds: float | None) -> None:
        """Count a pass; `latency_seconds` is measured from the change that woke it, None for a pass at an interval."""
        self._reconciles.labels(result).inc()
        self._duration.observe(duration_seconds)
        if latency_seconds is not None:
            self._latency.observe(latency_seconds)

    def show(self, ref: Ref, status: Mapping[str, Any]) -> None:
        """Show the status of a pipeline."""
        pipeline = (ref.namespace, ref.name)
        for condition in status["conditions"]:
            for each in _STATUSES:
                self._conditions.labels(*pipeline, condition["type"], each).set(each == condition["status"])
        for stage in status["stages"]:
            ready, _, total = stage["ready"].partition("/")
            ratio = int(ready) / int(total) if int(total) else 1.0
            self._stages.labels(*pipeline, stage["name"]).set(ratio)
        self._show_publication(pipeline, status.get("data") or {})

    def _show_publication(self, pipeline: tuple[str, str], data: Mapping[str, Any]) -> None:
        if published := data.get("lastPublicationTime"):
            self._published_at.labels(*pipeline).set(datetime.fromisoformat(published).timestamp())
        for gate in (data.get("nightly") or {}).get("gates", ()):
            labels = (*pipeline, gate["name"], gate["layer"], gate["owner"])
            self._gate_values.labels(*labels).set(gate["value"])
            self._gate_outcomes.labels(*labels).set(_OUTCOME_LEVELS[gate["outcome"]])

    def show_limits(self, ref: Ref, limits: Monitoring) -> None:
        """Show the limits beyond which the pipeline's data counts as late; alert rules compare with them."""
        self._lag_limit.labels(ref.namespace, ref.name).set(limits.lag_limit_records)
        self._freshness_limit.labels(ref.namespace, ref.name).set(limits.freshness_limit_seconds)
        self._publication_limit.labels(ref.namespace, ref.name).set(limits.publication_limit_seconds)

    def forget(self, ref: Ref) -> None:
        """Stop showing a pipeline that is gone."""
        gone = {"namespace": ref.namespace, "pipeline": ref.name}
        for gauge in self._of_pipelines:
            gauge.remove_by_labels(gone)
