"""The usual way to write such a producer: a dict per event, json.dumps, one produce call with a delivery callback."""

import json
import random
import time
from collections.abc import Iterator
from typing import Any

from confluent_kafka import KafkaError, Message, Producer

from contracts.events import CallEvent


def events(seed: int, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of random calls with the fields of `CallEvent`."""
    rng = random.Random(seed)
    for number in range(count):
        now_ms, seconds = int(time.time() * 1000), rng.randint(0, 1200)
        msisdn, tower = f"1206{rng.randint(2_000_000, 9_999_999)}", rng.randint(1, 500)
        event = {
            "event_id": f"{seed}-{number}",
            "event_time_ms": now_ms,
            "schema_version": CallEvent.current_schema_version,
            "msisdn": msisdn,
            "imsi": f"310260{rng.randint(0, 999_999_999):09d}",
            "imei": f"{rng.randint(10**14, 10**15 - 1)}",
            "tower_id": f"TWR-{tower:05d}",
            "cell_id": f"TWR-{tower:05d}-{rng.randint(1, 3)}",
            "latitude": round(rng.uniform(25, 48), 5),
            "longitude": round(rng.uniform(-122, -70), 5),
            "is_roaming": rng.random() < 0.02,
            "serving_plmn": "310260",
            "revenue_usd": round(rng.random(), 2),
            "called_msisdn": f"1212{rng.randint(2_000_000, 9_999_999)}",
            "call_type": rng.choice(("mobile_originated", "mobile_terminated")),
            "start_time_ms": now_ms,
            "end_time_ms": now_ms + seconds * 1000,
            "duration_seconds": seconds,
            "termination_cause": rng.choice(("normal", "busy", "no_answer", "dropped")),
        }
        yield msisdn.encode(), json.dumps(event).encode()


def send(producer: Producer, seed: int, count: int) -> int:
    """Send `count` events; number acknowledged."""
    acknowledged = 0

    def on_delivery(error: KafkaError | None, _message: "Message[Any, Any]") -> None:
        nonlocal acknowledged
        acknowledged += error is None

    for key, value in events(seed, count):
        while True:
            try:
                producer.produce(CallEvent.topic, value, key, on_delivery=on_delivery)
                break
            except BufferError:
                producer.poll(0.05)
        producer.poll(0)
    producer.flush()
    return acknowledged
