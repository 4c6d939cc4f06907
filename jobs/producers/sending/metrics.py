"""Prometheus metrics of a producer."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from contracts import metric_names as names


class ProducerMetrics:
    """Counters per topic, and how far sending is behind the model's clock."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.sent = Counter(names.PRODUCER_SENT, "Records handed to the client", ["topic"], registry=registry)
        self.acknowledged = Counter(
            names.PRODUCER_ACKNOWLEDGED, "Records acknowledged by all replicas", ["topic"], registry=registry
        )
        self.sent_bytes = Counter(names.PRODUCER_SENT_BYTES, "Bytes of values sent", ["topic"], registry=registry)
        self.delivery_errors = Counter(names.PRODUCER_DELIVERY_ERRORS, "Records given up", registry=registry)
        self.behind_seconds = Gauge(
            names.PRODUCER_BEHIND_SECONDS, "Age of the oldest record that is due and not sent", registry=registry
        )
