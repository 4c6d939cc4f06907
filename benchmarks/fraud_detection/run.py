"""Measures fraud detection, its broker on the same machine: speed beside PyFlink's, delay of alerts, size of state.

`python -m benchmarks.fraud_detection.run [EVENTS]` writes result.json. A run over the backlog counts only if every
event was read and the planted burst behind the backlog was found; the paced run only if every planted burst was.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.arguments import asked_count
from benchmarks.fraud_detection.alert_delay import measure_delay
from benchmarks.fraud_detection.backlog_runs import BacklogRun, measure_backlog, send_backlog
from benchmarks.fraud_detection.flink_job import HEAP_STATE, PARALLELISM, ROCKSDB_STATE
from benchmarks.fraud_detection.peer import WHAT, peer_rate
from benchmarks.kafka_broker import create_topics, running_broker
from benchmarks.machine import machine
from contracts.events import FraudRule
from local.artefacts.versions import versions

SUBSCRIBERS = 1_000_000
EVENTS = 2_500_000
PEER_EVENTS = 150_000
RUNS = 3
PARTITIONS = 4
TOPIC = "call_events"
PEERS_RULES = (FraudRule.IMPOSSIBLE_TRAVEL, FraudRule.CALL_VELOCITY)
RESULT_FILE = Path(__file__).parent / "result.json"


def measure(address: str, folder: Path, events: int) -> dict[str, Any]:
    """Every figure of result.json but those of the machine."""
    create_topics(address, [TOPIC], PARTITIONS)
    create_topics(address, ["peer_alerts"], 1)
    total = send_backlog(address, TOPIC, events, SUBSCRIBERS)
    runs = []
    for number in range(RUNS):
        runs.append(measure_backlog(address, folder / f"all-{number}", TOPIC, total, tuple(FraudRule), HEAP_STATE))
        _say(runs[-1])
    two_rules = measure_backlog(address, folder / "two", TOPIC, total, PEERS_RULES, HEAP_STATE)
    _say(two_rules)
    peer = peer_rate(address, folder / "peer", TOPIC, "peer_alerts", PEER_EVENTS, PARALLELISM)
    _say(f"PyFlink: {peer:,.0f} events/s")
    delay = measure_delay(address, folder / "paced", SUBSCRIBERS, ROCKSDB_STATE)
    _say(delay)
    return {**_speed(runs), **_beside_peer(two_rules, peer), **delay}


def _speed(runs: list[BacklogRun]) -> dict[str, Any]:
    rates = [run.events_per_second for run in runs]
    return {
        "events_per_second": round(statistics.median(rates)),
        "events_per_second_spread": [round(min(rates)), round(max(rates))],
        "events_per_cpu_second": round(statistics.median(run.events_per_cpu_second for run in runs)),
        "events": runs[0].events,
        "runs": len(runs),
        "rules": "all six, built-in parameters",
        "state_backend": "hashmap",
        "state_bytes_per_subscriber": round(runs[-1].state_bytes / SUBSCRIBERS),
        "checkpoint_seconds": round(statistics.median(run.checkpoint_seconds for run in runs), 2),
    }


def _beside_peer(two_rules: BacklogRun, peer: float) -> dict[str, Any]:
    return {
        "two_rules_events_per_second": round(two_rules.events_per_second),
        "ratio_to_pyflink": round(two_rules.events_per_second / peer, 1),
        "peer": {"what": WHAT, "events_per_second": round(peer), "events": PEER_EVENTS, "runs": 1},
    }


def _circumstances(load_before: float) -> dict[str, Any]:
    return {
        "subscribers": SUBSCRIBERS,
        "parallelism": PARALLELISM,
        "machine": machine() | {"load_average": [round(load_before, 1), round(os.getloadavg()[0], 1)]},
        "versions": {
            "flink": versions().flink.version,
            "kafka": versions().kafka.version,
            "confluent-kafka": version("confluent-kafka"),
        },
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _say(line: object) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    events = asked_count(__doc__, "events", EVENTS)
    folder = Path(tempfile.mkdtemp(prefix="telecom-fraud-benchmark-"))
    load_before = os.getloadavg()[0]
    try:
        with running_broker() as address:
            result = measure(address, folder, events) | _circumstances(load_before)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    RESULT_FILE.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
