"""Many pipelines at once: time until all are Ready, what they cost when nothing happens, how soon a change is seen.

`python -m benchmarks.operator.run [PIPELINES]` writes result.json. A real API server with real CRDs; a thread of this
process writes the statuses of children as upstream operators do. No Lease is held in this run: it costs 20 reads and 20
writes a minute, whatever the number of pipelines.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any

import psutil
from lightkube.config.kubeconfig import KubeConfig

from benchmarks.arguments import asked_count
from benchmarks.machine import machine
from contracts.metric_names import OPERATOR_API_CALLS
from local.artefacts.versions import versions
from local.kubernetes.control_plane import ControlPlane
from local.kubernetes.crds import install_crds
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.clusters.rest import ApiServer
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from tests.cluster.operator_process import OperatorProcess, eventually, operator
from tests.cluster.pipelines import apply, create_references, sample
from tests.cluster.upstream import Upstream

RESULT_FILE = Path(__file__).with_name("result.json")
NAMESPACE = "bench"
DEFAULT_PIPELINES = 200
RUNS = 3
# The last passes of the start have ended by then.
SETTLING_SECONDS = 15.0
# Two periods of the passes by the clock, so that their reads are counted too.
IDLE_SECONDS = 120.0
CHANGES = 100
Figures = dict[str, float]
BROKEN = {
    "conditions": [{"type": "NotReady", "status": "True", "reason": "FatalProblem", "message": "benchmark"}],
    "observedGeneration": 1,
}


class Watcher:
    """Sees pipelines change: how many are Ready, and when one first was in a wanted state."""

    def __init__(self) -> None:
        self.ready: dict[str, bool] = {}
        self._wanted: tuple[str, bool] | None = None
        self._seen = Event()

    def take(self, manifest: Manifest) -> None:
        """An object changed."""
        if manifest["kind"] != TELECOM_PIPELINE.name:
            return
        name, conditions = manifest["metadata"]["name"], manifest.get("status", {}).get("conditions", [])
        self.ready[name] = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
        if self._wanted == (name, self.ready[name]):
            self._seen.set()

    def expect(self, name: str, is_ready: bool) -> Event:
        """Set when the pipeline is seen in the wanted state."""
        self._seen.clear()
        self._wanted = (name, is_ready)
        return self._seen


def main() -> None:
    """Measure and write the result."""
    count = asked_count(__doc__, "pipelines", DEFAULT_PIPELINES)
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, ControlPlane(Path(folder) / "control-plane") as control_plane:
        install(control_plane)
        result = {"pipelines": count, **measure(control_plane, Path(folder), count), **_circumstances(load_before)}
    RESULT_FILE.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def install(control_plane: ControlPlane) -> None:
    """CRDs, a namespace and what the pipelines refer to."""
    install_crds(control_plane.kubectl)
    control_plane.kubectl("create", "namespace", NAMESPACE)
    create_references(control_plane, NAMESPACE)


def measure(control_plane: ControlPlane, folder: Path, count: int) -> dict[str, Any]:
    """All figures, from one operator process."""
    watcher = Watcher()
    cluster = KubeCluster(ApiServer(KubeConfig.from_file(control_plane.kubeconfig).get()), on_change=watcher.take)
    cluster.watch(TELECOM_PIPELINE)
    settings = {"leader_election": "false", "progressing_seconds": "5"}
    with operator(control_plane.kubeconfig, folder, namespace=NAMESPACE, **settings) as process:
        with Upstream(cluster, NAMESPACE):
            start = start_all(control_plane, watcher, process, count)
        _say(start)
        time.sleep(SETTLING_SECONDS)
        idle = [_said(idle_window(process, count)) for _ in range(RUNS)]
        latencies = [_said(latency(cluster, watcher)) for _ in range(RUNS)]
    cluster.close()
    return start | _medians(idle) | _medians(latencies)


def start_all(control_plane: ControlPlane, watcher: Watcher, process: OperatorProcess, count: int) -> Figures:
    """Apply all pipelines with one kubectl and wait until all are Ready."""
    started, cpu_before = time.monotonic(), _cpu_seconds(process)
    manifests = [sample("minimal", NAMESPACE) for _ in range(count)]
    for number, manifest in enumerate(manifests):
        manifest["metadata"]["name"] = f"p{number}"
        manifest["spec"]["storage"]["catalog"]["name"] = f"catalog_{number}"
    apply(control_plane, {"apiVersion": "v1", "kind": "List", "items": manifests})
    applied = time.monotonic() - started
    eventually(lambda: sum(watcher.ready.values()) == count, seconds=1800, what="all pipelines Ready")
    return {
        "seconds_until_all_applied": round(applied, 1),
        "seconds_until_all_ready": round(time.monotonic() - started, 1),
        "start_cpu_seconds": round(_cpu_seconds(process) - cpu_before, 1),
    }


def idle_window(process: OperatorProcess, count: int) -> Figures:
    """Calls, CPU and memory in a time in which nothing changes."""
    before, cpu_before, writes_before = _calls(process), _cpu_seconds(process), _writes(process)
    time.sleep(IDLE_SECONDS)
    per_minute = 60.0 / IDLE_SECONDS
    reads, watches = ((after - known) * per_minute for known, after in zip(before, _calls(process), strict=True))
    return {
        "idle_cpu_percent_of_a_core": round((_cpu_seconds(process) - cpu_before) / IDLE_SECONDS * 100, 2),
        "idle_writes_per_minute": round((_writes(process) - writes_before) * per_minute, 2),
        "idle_reads_per_minute": round(reads, 2),
        "idle_reads_per_pipeline_and_minute": round(reads / count, 3),
        "idle_watches_begun_per_minute": round(watches, 2),
        "resident_mebibytes": round(psutil.Process(process.process.pid).memory_info().rss / 2**20, 1),
    }


def latency(cluster: KubeCluster, watcher: Watcher) -> Figures:
    """From the write of a child's status until the pipeline's own status tells it, as a client sees both."""
    kafka = Ref(names.KAFKA, NAMESPACE, "p0")
    good = dict((cluster.get(kafka) or {})["status"])
    seconds = []
    for number in range(CHANGES):
        is_ready = bool(number % 2)
        seen = watcher.expect("p0", is_ready)
        started = time.monotonic()
        cluster.apply_status(kafka, good if is_ready else BROKEN)
        assert seen.wait(60), "the operator did not react"
        seconds.append(time.monotonic() - started)
        time.sleep(0.05)
    percentiles = statistics.quantiles(seconds, n=100)
    return {"reconcile_p50_seconds": round(percentiles[49], 3), "reconcile_p99_seconds": round(percentiles[98], 3)}


def _calls(process: OperatorProcess) -> tuple[float, float]:
    """Reads and watches begun so far."""
    return process.metric(OPERATOR_API_CALLS, method="GET"), process.metric(OPERATOR_API_CALLS, method="WATCH")


def _writes(process: OperatorProcess) -> float:
    """Calls so far that change something."""
    return sum(process.metric(OPERATOR_API_CALLS, method=method) for method in ("PATCH", "POST", "PUT", "DELETE"))


def _cpu_seconds(process: OperatorProcess) -> float:
    times = psutil.Process(process.process.pid).cpu_times()
    return float(times.user + times.system)


def _medians(runs: Sequence[Figures]) -> dict[str, Any]:
    """The median of each figure, and beside it the least and the greatest."""
    columns = {name: [run[name] for run in runs] for name in runs[0]}
    return {name: statistics.median(values) for name, values in columns.items()} | {
        f"{name}_spread": [min(values), max(values)] for name, values in columns.items()
    }


def _circumstances(load_before: float) -> dict[str, Any]:
    return {
        "runs": RUNS,
        "idle_seconds_per_run": IDLE_SECONDS,
        "changes_per_run": CHANGES,
        "machine": machine() | {"load_average": [round(load_before, 1), round(os.getloadavg()[0], 1)]},
        "versions": {
            "kubernetes": versions().kubernetes.version,
            "strimzi": versions().strimzi.version,
            **{name: version(name) for name in ("kopf", "lightkube")},
        },
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _said(figures: Figures) -> Figures:
    _say(figures)
    return figures


def _say(line: object) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
