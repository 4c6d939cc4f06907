"""Deployment: a number of processes of one pod template, which are replaced one at a time when it changes."""

from collections.abc import Sequence

from local.adapters.adapter import ManifestError, Outcome, Status, Surroundings
from local.adapters.conditions import condition
from local.adapters.workloads.pods import Pod, explain, process_prefix, remove_pods
from local.supervisor.machine import Machine
from local.supervisor.record import RUNNING, Record
from local.supervisor.spec import ProcessSpec
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest


class DeploymentAdapter:
    """Stands in for the Deployment controller and the kubelet."""

    kind = names.DEPLOYMENT
    finalizer = "local.telecom.dev/processes"
    calls_engine = False

    def sync(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> Outcome:
        """Run the replicas; one of an older template is replaced only while all the others are ready."""
        try:
            processes = [
                Pod(manifest, ordinal, machine, surroundings).process() for ordinal in range(_replicas(manifest))
            ]
        except ManifestError as error:
            return Outcome(_status(manifest, [], 0, str(error)))
        return Outcome(_roll(manifest, processes, machine))

    def remove(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> bool:
        """Stop the replicas."""
        return remove_pods(manifest, machine)

    def process_names(self, manifest: Manifest, machine: Machine) -> Sequence[str]:
        """Processes of the desired replicas; any others are stopped."""
        return [f"{process_prefix(manifest)}{ordinal}" for ordinal in range(_replicas(manifest))]


def _replicas(manifest: Manifest) -> int:
    return int(manifest["spec"].get("replicas", 1))


def _roll(manifest: Manifest, processes: Sequence[ProcessSpec], machine: Machine) -> Status:
    known = {process.name: machine.supervisor.record(process.name) for process in processes}
    recreates = manifest["spec"].get("strategy", {}).get("type") == "Recreate"
    busy = any(record is None or not record.is_ready for record in known.values())
    records = []
    for process in processes:
        record = known[process.name]
        if record and record.phase in RUNNING and record.identity != process.identity:
            if busy and len(processes) > 1 and not recreates:
                records.append(record)
                continue
            busy = True
        records.append(machine.supervisor.ensure(process))
    updated = sum(record.runs(process) for record, process in zip(records, processes, strict=True))
    return _status(manifest, records, updated, "")


def _status(manifest: Manifest, records: Sequence[Record], updated: int, problem: str) -> Status:
    wanted = _replicas(manifest)
    ready = sum(record.is_ready for record in records)
    waiting = problem or "; ".join(explain(record) for record in records if not record.is_ready)
    is_available = ready >= wanted
    available = condition(
        manifest,
        "Available",
        is_available,
        "MinimumReplicasAvailable" if is_available else "MinimumReplicasUnavailable",
        waiting or f"{ready} of {wanted} pods are ready",
    )
    is_rolled_out = is_available and updated >= wanted
    reason = "NewReplicaSetAvailable" if is_rolled_out else "ReplicaSetUpdated"
    status = {
        "observedGeneration": manifest["metadata"]["generation"],
        "replicas": len(records),
        "updatedReplicas": updated,
        "readyReplicas": ready,
        "availableReplicas": ready,
        "unavailableReplicas": wanted - ready,
        "conditions": [available, condition(manifest, "Progressing", True, reason)],
    }
    return {key: value for key, value in status.items() if value != 0}
