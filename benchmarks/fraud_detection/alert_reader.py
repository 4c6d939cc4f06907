"""Reads alerts as a user would: committed ones only."""

import time

from confluent_kafka import Consumer

from contracts.events import FraudAlert


class AlertReader:
    """Notes how long each alert took, from its event time to now."""

    def __init__(self, address: str, topic: str) -> None:
        config = {"bootstrap.servers": address, "group.id": f"{topic}-reader", "auto.offset.reset": "earliest"}
        self._consumer = Consumer({**config, "isolation.level": "read_committed", "fetch.wait.max.ms": 10})
        self._consumer.subscribe([topic])
        self.delays_ms: list[int] = []

    def poll(self) -> int:
        """Take what is there; how many alerts were seen so far."""
        while (message := self._consumer.poll(0.05)) is not None:
            now_ms = time.time_ns() // 1_000_000
            alert = FraudAlert.model_validate_json(message.value() or b"")
            self.delays_ms.append(now_ms - alert.event_time_ms)
        return len(self.delays_ms)
