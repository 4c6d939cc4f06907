"""What a FlinkDeployment asks for, in terms of Flink's own processes. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from local.adapters.adapter import ManifestError
from local.supervisor.loopback import LOOPBACK
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.upstream import FLINK_JOB_SUSPENDED, FLINK_MAIN_CONTAINER

# Settings that only the operator or Kubernetes understand. High availability is one of them: on one machine, the
# JobManager finds its newest checkpoint in the checkpoint folder instead (start.py).
_LEFT_OUT = ("kubernetes.", "high-availability.", "job.autoscaler.")
_CHECKPOINT_KEYS = ("execution.checkpointing.dir", "state.checkpoints.dir")


@dataclass(frozen=True)
class FlinkPorts:
    """Loopback ports of one deployment."""

    rpc: int
    rest: int


def configuration(manifest: Manifest, ports: FlinkPorts, metrics_port: int | None) -> dict[str, str]:
    """Flink's configuration for a process on this machine."""
    spec = manifest["spec"]
    asked = {key: str(value) for key, value in spec.get("flinkConfiguration", {}).items()}
    kept = {key: value for key, value in asked.items() if not key.startswith(_LEFT_OUT)}
    if metrics_port is not None and any(key.startswith("metrics.reporter.prom.") for key in kept):
        kept["metrics.reporter.prom.port"] = str(metrics_port)
    return kept | {
        "jobmanager.memory.process.size": _memory(spec["jobManager"]),
        "taskmanager.memory.process.size": _memory(spec["taskManager"]),
        "parallelism.default": str(parallelism(manifest)),
        "jobmanager.rpc.address": LOOPBACK,
        "jobmanager.rpc.port": str(ports.rpc),
        "jobmanager.bind-host": LOOPBACK,
        "taskmanager.host": LOOPBACK,
        "taskmanager.bind-host": LOOPBACK,
        "rest.address": LOOPBACK,
        "rest.bind-address": LOOPBACK,
        "rest.port": str(ports.rest),
        # When a JobManager dies, what it leaves is all that a new one can start from.
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    }


def parallelism(manifest: Manifest) -> int:
    """Parallelism of the job."""
    return int(manifest["spec"]["job"].get("parallelism", 1))


def task_manager_count(manifest: Manifest) -> int:
    """Number of TaskManagers: as many as the parallelism needs slots for, unless `replicas` says otherwise."""
    spec = manifest["spec"]
    slots = int(spec.get("flinkConfiguration", {}).get("taskmanager.numberOfTaskSlots", 1))
    return int(spec["taskManager"].get("replicas", ceil(parallelism(manifest) / slots)))


def checkpoint_folder(manifest: Manifest) -> str:
    """URI below which checkpoints are kept. Raises `ManifestError`."""
    asked = manifest["spec"].get("flinkConfiguration", {})
    found = next((str(asked[key]) for key in _CHECKPOINT_KEYS if key in asked), None)
    if found is None:
        raise ManifestError("run a Flink job", "it has no checkpoint folder", f"set {_CHECKPOINT_KEYS[0]}")
    return found.rstrip("/")


def job_arguments(manifest: Manifest) -> tuple[str, ...]:
    """Arguments of the job's main class, paths as in the container."""
    return tuple(str(word) for word in manifest["spec"]["job"].get("args", []))


def is_suspended(manifest: Manifest) -> bool:
    """Whether the job is not supposed to run."""
    return bool(manifest["spec"]["job"].get("state") == FLINK_JOB_SUSPENDED)


def upgrade_mode(manifest: Manifest) -> str:
    """`stateless`, `last-state` or `savepoint`."""
    return str(manifest["spec"]["job"].get("upgradeMode", "stateless"))


def revision(manifest: Manifest) -> str:
    """Hash of what makes the operator upgrade the job, so without its state, its mode and the operator's settings."""
    spec = dict(manifest["spec"])
    ignored = ("state", "upgradeMode", "initialSavepointPath", "allowNonRestoredState")
    spec["job"] = {key: value for key, value in spec["job"].items() if key not in ignored}
    asked = spec.get("flinkConfiguration", {})
    spec["flinkConfiguration"] = {key: value for key, value in asked.items() if not key.startswith(_LEFT_OUT)}
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:16]


def pod_template(manifest: Manifest, arguments: tuple[str, ...]) -> dict[str, Any]:
    """Pod template with only Flink's own container; its command is a placeholder. Raises `ManifestError`."""
    given = manifest["spec"].get("podTemplate", {}).get("spec", {})
    containers = [entry for entry in given.get("containers", []) if entry["name"] == FLINK_MAIN_CONTAINER]
    if len(containers) != len(given.get("containers", [])):
        raise ManifestError(
            "run a Flink job", "its pod template has other containers", f"keep {FLINK_MAIN_CONTAINER} only"
        )
    main: Mapping[str, Any] = containers[0] if containers else {"name": FLINK_MAIN_CONTAINER}
    # Flink's own probes are up to the operator; here the REST API shows how the processes are.
    bare = {key: value for key, value in main.items() if not key.endswith("Probe")}
    container = {**bare, "image": manifest["spec"]["image"], "command": ["flink"], "args": list(arguments)}
    return {"spec": {**given, "containers": [container]}}


def _memory(role: Mapping[str, Any]) -> str:
    """Flink's mebibytes, which both `Mi` and `m` stand for."""
    asked = str(role["resource"]["memory"]).lower().removesuffix("i").removesuffix("b")
    return asked if asked[-1].isalpha() else f"{asked}b"
