"""Call events for the benchmark: distinct values of realistic size, made once and sent in rounds."""

import random
import time

import orjson
from confluent_kafka import Producer

POOL_SIZE = 100_000
RUN_LENGTH = 500


def event_pool(seed: int = 7) -> list[bytes]:
    """Encoded call events of the last hour, about 500 bytes each."""
    rng = random.Random(seed)
    start = int(time.time() * 1000) - 3_600_000
    return [_call(rng, start + number * 30) for number in range(POOL_SIZE)]


def _call(rng: random.Random, at_ms: int) -> bytes:
    tower = f"TWR-{rng.randrange(500):05d}"
    seconds = rng.randrange(600)
    return orjson.dumps(
        {
            "event_id": f"{rng.getrandbits(128):032x}",
            "event_time_ms": at_ms,
            "schema_version": 1,
            "msisdn": f"1206{rng.randrange(10**7):07d}",
            "imsi": f"310260{rng.randrange(10**9):09d}",
            "imei": f"49015420{rng.randrange(10**7):07d}",
            "tower_id": tower,
            "cell_id": f"{tower}-{rng.randrange(3)}",
            "latitude": round(47 + rng.random(), 6),
            "longitude": round(-122 + rng.random(), 6),
            "is_roaming": rng.random() < 0.03,
            "serving_plmn": "310260",
            "revenue_usd": round(rng.random(), 4),
            "called_msisdn": f"1206{rng.randrange(10**7):07d}",
            "call_type": rng.choice(["mobile_originated", "mobile_terminated", "forwarded"]),
            "start_time_ms": at_ms,
            "end_time_ms": at_ms + 1000 * seconds,
            "duration_seconds": seconds,
            "termination_cause": rng.choice(["normal", "busy", "no_answer", "dropped"]),
        }
    )


def send(bootstrap_servers: str, topic: str, count: int, partitions: int) -> None:
    """Send `count` events and wait until the broker has them all."""
    pool = event_pool()
    producer = Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "compression.type": "zstd",
            "linger.ms": 20,
            "batch.num.messages": 10_000,
            "queue.buffering.max.messages": 200_000,
        }
    )
    for number in range(count):
        value, partition = pool[number % POOL_SIZE], number // RUN_LENGTH % partitions
        while True:
            try:
                producer.produce(topic, value, partition=partition)
                break
            except BufferError:
                producer.poll(0.05)
        if number % 1000 == 0:
            producer.poll(0)
    if producer.flush(120):
        raise RuntimeError("the broker did not take all events")
