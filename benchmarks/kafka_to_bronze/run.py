"""`python -m benchmarks.kafka_to_bronze.run`: how fast, and at what cost, a full topic gets into Iceberg.

Broker, store, catalog and sink share the machine. Rates are to *committed* Iceberg, from the assignment of partitions
to the last commit but one (the last one waits for the commit interval); a run counts only if each record is in the
table exactly once.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from itertools import count
from pathlib import Path

from confluent_kafka.admin import AdminClient, NewTopic

from benchmarks.kafka_to_bronze.commit_growth import commit_growth
from benchmarks.kafka_to_bronze.events import send
from benchmarks.kafka_to_bronze.measure import Run, run_sink
from benchmarks.machine import machine
from contracts.settings import KafkaConnection, SinkSettings
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import base_environment
from tests.local.sink.sink_engines import Engines, running_engines

TOPIC = "call_events"
PARTITIONS = 6
COMMIT_BYTES = 128 * 2**20  # what the production profile asks for
COMMIT_INTERVAL_SECONDS = 10.0
SWEEP = ((16 * 2**20, 10.0), (64 * 2**20, 10.0), (COMMIT_BYTES, 2.0))
RESULT_FILE = Path(__file__).with_name("result.json")

_numbers = count()


class Bench:
    """Engines with a full topic, and runs against it."""

    def __init__(self, engines: Engines, folder: Path) -> None:
        self._engines = engines
        self._folder = folder
        self._catalog = engines.catalog()
        self._environ = {**base_environment(), **engines.credentials(), "METRICS_HOST": LOOPBACK}
        self._produced = 0
        admin = AdminClient({"bootstrap.servers": engines.bootstrap_servers})
        topics = [NewTopic(TOPIC, PARTITIONS, 1), NewTopic(f"{TOPIC}_dlq", 1, 1)]
        for future in admin.create_topics(topics).values():
            future.result(30)

    def produce_up_to(self, total: int) -> None:
        """Fill the topic until it holds that many events."""
        if total > self._produced:
            send(self._engines.bootstrap_servers, TOPIC, total - self._produced, PARTITIONS)
            self._produced = total

    def sink(self, commit_bytes: int = COMMIT_BYTES, interval_seconds: float = COMMIT_INTERVAL_SECONDS) -> Run:
        """One run over the whole topic into a fresh table."""
        settings = self._settings(commit_bytes, interval_seconds)
        run = run_sink(settings, self._environ, self._catalog, self._produced, self._folder)
        _say(
            f"sink, {commit_bytes >> 20} MiB / {interval_seconds:g} s: {run.events_per_second:,.0f} events/s, "
            f"{run.cpu_seconds_per_million:.2f} CPU-s per million, load {run.load_average:.1f}"
        )
        return run

    def peer(self, events: int) -> float:
        """Events per second of the plain sink."""
        settings = self._settings(COMMIT_BYTES, COMMIT_INTERVAL_SECONDS)
        file = self._folder / "peer.json"
        file.write_text(settings.model_dump_json())
        command = [sys.executable, "-m", "benchmarks.kafka_to_bronze.peer", str(file), str(events)]
        answer = subprocess.run(command, env=self._environ, capture_output=True, check=True, text=True, timeout=1800)
        rate = events / float(json.loads(answer.stdout.splitlines()[-1])["seconds"])
        _say(f"peer: {rate:,.0f} events/s")
        return rate

    def growth(self, commits: int) -> dict[str, float]:
        """Commit seconds at the beginning and the end of so many commits."""
        return commit_growth(self._catalog, f"bench_{next(_numbers)}", TOPIC, commits)

    def _settings(self, commit_bytes: int, interval_seconds: float) -> SinkSettings:
        name = f"bench_{next(_numbers)}"
        return SinkSettings(
            kafka=KafkaConnection(bootstrap_servers=self._engines.bootstrap_servers),
            s3=self._engines.s3,
            catalog=self._engines.catalog_settings,
            consumer_group=name,
            topics=(TOPIC,),
            namespace=name,
            commit_bytes=commit_bytes,
            commit_interval_seconds=interval_seconds,
        )


def main() -> None:
    options = _options()
    with running_engines() as engines:
        bench = Bench(engines, engines.machine.state.root)
        bench.produce_up_to(options.events)
        bench.sink()  # warm-up, not counted
        runs = [bench.sink() for _ in range(options.runs)]
        sweep = [(size, seconds, bench.sink(size, seconds)) for size, seconds in SWEEP]
        peers = [bench.peer(options.peer_events) for _ in range(options.peer_runs)]
        growth = bench.growth(options.commits)
        bench.produce_up_to(options.memory_events)
        long_run = bench.sink()
    result = _result(runs, sweep, peers, growth, long_run)
    RESULT_FILE.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def _result(
    runs: list[Run],
    sweep: list[tuple[int, float, Run]],
    peers: list[float],
    growth: dict[str, float],
    long_run: Run,
) -> dict[str, object]:
    rates = [run.events_per_second for run in runs]
    peer = statistics.median(peers)
    return {
        "measured": "events committed per second, from the assignment of partitions to the last commit but one",
        "events_per_second": round(statistics.median(rates)),
        "events_per_second_spread": [round(min(rates)), round(max(rates))],
        "cpu_seconds_per_million": round(statistics.median(run.cpu_seconds_per_million for run in runs), 2),
        "peer": {"what": "plain poll-and-append sink", "events_per_second": round(peer)},
        "ratio_to_peer": round(statistics.median(rates) / peer, 1),
        "runs": [_summary(run) for run in runs],
        "sweep": [{"commit_bytes": size, "commit_interval_seconds": s, **_summary(run)} for size, s, run in sweep],
        "commit_growth": growth,
        "memory": {"events": long_run.events, "rss_mebibytes_by_tenth": _by_tenth(long_run.rss_mebibytes)},
        "machine": machine(),
        "versions": {name: version(name) for name in ("confluent-kafka", "pyarrow", "pyiceberg", "orjson")},
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _summary(run: Run) -> dict[str, float]:
    return {
        "events": run.events,
        "events_per_second": round(run.events_per_second),
        "cpu_seconds_per_million": round(run.cpu_seconds_per_million, 2),
        "commits": run.commits,
        "files": run.files,
        "peak_rss_mebibytes": round(max(run.rss_mebibytes)),
        "load_average": round(run.load_average, 1),
    }


def _by_tenth(samples: list[float]) -> list[int]:
    step = max(1, len(samples) // 10)
    return [round(max(samples[start : start + step])) for start in range(0, len(samples), step)][:10]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=3_000_000, help="events of a measured run")
    parser.add_argument("--runs", type=int, default=3, help="measured runs; the median counts")
    parser.add_argument("--peer-events", type=int, default=200_000, help="events of a run of the peer")
    parser.add_argument("--peer-runs", type=int, default=3)
    parser.add_argument("--commits", type=int, default=100, help="commits of the growth measurement")
    parser.add_argument("--memory-events", type=int, default=10_000_000, help="events of the run that watches memory")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
