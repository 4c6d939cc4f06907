"""Prometheus metrics of a producer."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge


class ProducerMetrics:
    """Counters per topic, and how far sending is behind the model's clock."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.sent = Counter("telecom_producer_sent", "Records handed to the client", ["topic"], registry=registry)
        self.acknowledged = Counter(
            "telecom_producer_acknowledged", "Records acknowledged by all replicas", ["topic"], registry=registry
        )
        self.sent_bytes = Counter("telecom_producer_sent_bytes", "Bytes of values sent", ["topic"], registry=registry)
        self.delivery_errors = Counter("telecom_producer_delivery_errors", "Records given up", registry=registry)
        self.behind_seconds = Gauge(
            "telecom_producer_behind_seconds", "Age of the oldest record that is due and not sent", registry=registry
        )
