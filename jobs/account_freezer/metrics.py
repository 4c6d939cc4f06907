"""Prometheus metrics of the freezer (names in `contracts.metric_names`)."""

import time

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from contracts import metric_names as names
from contracts.events import AccountAction, FraudAlert

_SECONDS_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
_MILLISECONDS = 1000


class FreezerMetrics:
    """All metrics of one freezer process."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.decisions = Counter(
            names.FREEZER_DECISIONS, "Alerts answered", ["action", "reason", "rule"], registry=registry
        )
        self.repeated_alerts = Counter(
            names.FREEZER_REPEATED_ALERTS, "Alerts delivered again after they were answered", registry=registry
        )
        self.dead_letters = Counter(
            names.FREEZER_DEAD_LETTERS,
            "Records that are not alerts, sent to dead letters",
            ["reason"],
            registry=registry,
        )
        self.alert_to_decision_seconds = Histogram(
            names.FREEZER_ALERT_TO_DECISION_SECONDS,
            "From detection to the committed answer",
            buckets=_SECONDS_BUCKETS,
            registry=registry,
        )
        self.unpublished_actions = Gauge(
            names.FREEZER_UNPUBLISHED_ACTIONS, "Actions in the audit that Kafka may not have yet", registry=registry
        )
        self.kafka_errors = Counter(names.FREEZER_KAFKA_ERRORS, "Errors the Kafka client reported", registry=registry)

    def observe(self, alert: FraudAlert, action: AccountAction | None) -> None:
        """Count one alert."""
        if action is None:
            self.repeated_alerts.inc()
            return
        self.decisions.labels(action.action.value, action.reason.value, alert.rule.value).inc()
        self.alert_to_decision_seconds.observe(max(0.0, time.time() - alert.detection_time_ms / _MILLISECONDS))
