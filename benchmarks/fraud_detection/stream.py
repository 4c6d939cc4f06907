"""Calls for the benchmark: one million subscribers in Seattle, a planted burst of calls now and then."""

import time
from collections.abc import Iterator

from confluent_kafka import Producer

BURST_CALLS = 26
# Subscribers from here on make bursts, those below do not.
FIRST_BURST = 2_000_000
_RECORD = (
    '{"event_id":"%s","event_time_ms":%d,"schema_version":1,"msisdn":"1206%07d","imsi":"310260%09d",'
    '"imei":"35693803%07d","tower_id":"TWR-00042","cell_id":"TWR-00042-%d","latitude":%.5f,"longitude":%.5f,'
    '"is_roaming":false,"serving_plmn":"310260","revenue_usd":0.05,"called_msisdn":"1425%07d",'
    '"call_type":"mobile_originated","start_time_ms":%d,"end_time_ms":%d,"duration_seconds":60,'
    '"termination_cause":"normal"}'
)


def record(event_id: str, time_ms: int, subscriber: int) -> tuple[bytes, bytes]:
    """Key and value of one call; the same subscriber stays in the same city."""
    latitude, longitude = 47.6 + subscriber % 97 / 1000, -122.3 + subscriber % 89 / 1000
    callee = subscriber * 7919 % 10_000_000
    numbers = (subscriber, subscriber, subscriber, subscriber % 3, latitude, longitude, callee)
    value = _RECORD % (event_id, time_ms, *numbers, time_ms, time_ms + 60_000)
    return b"1206%07d" % subscriber, value.encode()


def backlog(count: int, subscribers: int, end_ms: int) -> Iterator[tuple[bytes, bytes]]:
    """`count` calls of an hour, every subscriber as often as another, in scattered order."""
    start_ms, step = end_ms - 3_600_000, 618_033
    for number in range(count):
        yield record(f"b{number:09d}-0123456789", start_ms + number * 3_600_000 // count, number * step % subscribers)


def send_all(producer: Producer, topic: str, records: Iterator[tuple[bytes, bytes]]) -> int:
    """Send as fast as it goes; how many were sent."""
    sent = 0
    for key, value in records:
        while True:
            try:
                producer.produce(topic, value, key=key)
                break
            except BufferError:
                producer.poll(0.05)
        sent += 1
        if sent % 1000 == 0:
            producer.poll(0)
    producer.flush(120)
    return sent


def send_paced(producer: Producer, topic: str, per_second: int, seconds: float, first_burst: int) -> int:
    """Send at a steady pace, event time = now; every second ten subscribers each make a burst. Returns the bursts."""
    tick_seconds, bursts, number = 0.02, 0, 0
    began = time.monotonic()
    ticks = int(seconds / tick_seconds)
    for tick in range(ticks):
        now_ms = time.time_ns() // 1_000_000
        for _ in range(int(per_second * tick_seconds) - (BURST_CALLS if tick % 5 == 0 else 0)):
            number += 1
            key, value = record(f"p{number:09d}-0123456789", now_ms, number * 618_033 % 1_000_000)
            producer.produce(topic, value, key=key)
        if tick % 5 == 0:
            subscriber = first_burst + bursts
            for call in range(BURST_CALLS):
                key, value = record(f"v{bursts}-{call:02d}", time.time_ns() // 1_000_000, subscriber)
                producer.produce(topic, value, key=key)
            bursts += 1
        producer.poll(0)
        time.sleep(max(0.0, began + (tick + 1) * tick_seconds - time.monotonic()))
    producer.flush(60)
    return bursts
