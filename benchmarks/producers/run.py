"""Measures the CDR producer: generating on one core, and generating and sending to a broker on the same machine.

The peer (peer.py) runs in the same run, in turns with ours. A figure counts only if the broker holds every record.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
from confluent_kafka import Producer
from prometheus_client import CollectorRegistry

from benchmarks.kafka_broker import create_topics, record_count, running_broker
from benchmarks.producers import peer
from contracts.events import CallEvent, DataSessionEvent, SmsEvent
from contracts.settings import CdrProducerSettings, FaultRates, FraudRates, KafkaConnection
from contracts.topics import LEDGER_TOPIC
from jobs.producers.sending.account import Account
from jobs.producers.sending.metrics import ProducerMetrics
from jobs.producers.sending.program import live, now_ms
from jobs.producers.sending.run import Run
from jobs.producers.sending.sender import CLIENT_TUNING, Sender
from jobs.producers.traffic.activity import Network, build_network
from jobs.producers.traffic.cdr_traffic import live_traffic
from jobs.producers.traffic.ticks import MS_PER_SECOND, TICK_MS
from jobs.runtime.kafka import client_config

RUNS = 5
SECONDS_OF_TRAFFIC = 8
PEER_EVENTS = 200_000
PARTITIONS = 6
TOPICS = (CallEvent.topic, SmsEvent.topic, DataSessionEvent.topic)
RESULT_FILE = Path(__file__).parent / "result.json"


class NeverStop:
    """A stop that never comes and a wait that does not sleep: everything is due already."""

    def is_set(self) -> bool:
        """Never."""
        return False

    def wait(self, _seconds: float) -> bool:
        """Returns at once."""
        return False


def settings(bootstrap_servers: str) -> CdrProducerSettings:
    return CdrProducerSettings(
        kafka=KafkaConnection(bootstrap_servers=bootstrap_servers),
        seed=1,
        events_per_second=150_000,
        duration_seconds=SECONDS_OF_TRAFFIC,
        subscriber_count=1_000_000,
        tower_count=600,
        faults=FaultRates(duplicate=0.01, late=0.01, out_of_order=0.02, malformed=0.001),
        frauds=FraudRates(impossible_travel=60, call_velocity=60),
    )


def rate(work: Callable[[], int]) -> float:
    """Events per second of wall clock."""
    began = time.perf_counter()
    return work() / (time.perf_counter() - began)


def generate(network: Network) -> int:
    traffic = live_traffic(settings("unused"), network, now_ms())
    ticks = SECONDS_OF_TRAFFIC * MS_PER_SECOND // TICK_MS
    return sum(len(batch) for tick in range(ticks) for batch in traffic.tick(tick))


def send(network: Network, address: str) -> int:
    """Traffic that was due before the run began: sent as fast as it goes. Returns the records of the account."""
    asked, metrics = settings(address), ProducerMetrics(CollectorRegistry())
    start_ms = now_ms() - SECONDS_OF_TRAFFIC * MS_PER_SECOND
    sender, account = Sender(client_config(asked.kafka, {}), metrics), Account("benchmark", str(time.monotonic_ns()))
    course = live(live_traffic(asked, network, start_ms), start_ms, asked.duration_seconds)
    Run(course, sender, account, NeverStop()).to_the_end()
    return sum(account.produced().values())


def send_peer(address: str) -> int:
    producer = Producer({"bootstrap.servers": address, **CLIENT_TUNING, "delivery.report.only.error": False})
    return peer.send(producer, seed=1, count=PEER_EVENTS)


def generate_peer() -> int:
    return sum(1 for _ in peer.events(1, PEER_EVENTS))


def counted(address: str, work: Callable[[], int]) -> Callable[[], int]:
    """`work`, whose count must be what the broker received meanwhile."""

    def run() -> int:
        before = sum(record_count(address, topic) for topic in TOPICS)
        said = work()
        received = sum(record_count(address, topic) for topic in TOPICS) - before
        if received != said:
            raise AssertionError(f"the producer said {said} records, the broker holds {received}")
        return said

    return run


def measure() -> dict[str, list[float]]:
    """Rates by name, a value per run; one more run before them warms up and is dropped."""
    rates: dict[str, list[float]] = {"generated": [], "generated_peer": [], "sent": [], "sent_peer": []}
    network = build_network(settings("unused"))
    with running_broker() as address:
        create_topics(address, [*TOPICS, LEDGER_TOPIC], PARTITIONS)
        work = {
            "generated": lambda: generate(network),
            "generated_peer": generate_peer,
            "sent": counted(address, lambda: send(network, address)),
            "sent_peer": counted(address, lambda: send_peer(address)),
        }
        for run in range(RUNS + 1):
            for name, task in work.items():
                value = rate(task)
                print(f"run {run} {name}: {value:,.0f} events/s", flush=True)
                rates[name] += [value] if run else []
    return rates


def report(rates: dict[str, list[float]]) -> dict[str, object]:
    medians = {name: round(statistics.median(values)) for name, values in rates.items()}
    return {
        "machine": {"cpus": os.cpu_count(), "model": platform.processor() or platform.machine()},
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("confluent-kafka", "numpy", "pyarrow")},
        "runs": RUNS,
        "generated_events_per_second": medians["generated"],
        "sent_events_per_second": medians["sent"],
        "peer": {
            "what": "a dict, json.dumps and produce per event, same client settings",
            "generated_events_per_second": medians["generated_peer"],
            "sent_events_per_second": medians["sent_peer"],
        },
        "ratio_to_peer": {
            "generated": round(medians["generated"] / medians["generated_peer"], 2),
            "sent": round(medians["sent"] / medians["sent_peer"], 2),
        },
        "spread": {name: [round(min(values)), round(max(values))] for name, values in rates.items()},
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    pa.set_cpu_count(1)
    result = report(measure())
    RESULT_FILE.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
