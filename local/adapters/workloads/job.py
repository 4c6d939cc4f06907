"""Job: processes that run to their end and are retried up to the backoff limit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from local.adapters import conditions
from local.adapters.adapter import ManifestError, Outcome, Status, Surroundings
from local.adapters.conditions import condition
from local.adapters.workloads.pods import Pod, explain, process_prefix, remove_pods
from local.supervisor.machine import Machine
from local.supervisor.record import Phase, Record
from local.supervisor.spec import RestartPolicy
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.timestamps import timestamp

# Kubernetes' own default (batch/v1 Job).
DEFAULT_BACKOFF_LIMIT = 6


class JobAdapter:
    """Stands in for the Job controller and the kubelet."""

    kind = names.JOB
    finalizer = "local.telecom.dev/processes"
    calls_engine = False

    def sync(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> Outcome:
        """Run until all completions have succeeded or one has failed too often. A finished Job is never run again."""
        if is_finished(manifest):
            return Outcome(manifest["status"])
        if manifest["spec"].get("suspend"):
            return Outcome(_suspended(manifest, remove_pods(manifest, machine)))
        try:
            records = self._run(manifest, surroundings, machine)
        except ManifestError as error:
            # Like a pod that waits for its Secret: neither failed nor ready.
            return Outcome(
                _status(manifest, [], condition(manifest, "Waiting", True, "CreateContainerConfigError", str(error)))
            )
        return Outcome(_progress(manifest, records))

    def remove(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> bool:
        """Stop what runs."""
        return remove_pods(manifest, machine)

    def process_names(self, manifest: Manifest, machine: Machine) -> Sequence[str]:
        """Its processes; those of a finished Job are kept, to show how they ended."""
        if manifest["spec"].get("suspend"):
            return []
        return [f"{process_prefix(manifest)}{index}" for index in range(_completions(manifest))]

    @staticmethod
    def _run(manifest: Manifest, surroundings: Surroundings, machine: Machine) -> list[Record]:
        """Run the first indexes that are not done, as many at a time as `parallelism` says."""
        slots = int(manifest["spec"].get("parallelism", 1))
        limit = _backoff_limit(manifest)
        records = []
        for index in range(_completions(manifest)):
            pod = Pod(manifest, index, machine, surroundings)
            record = machine.supervisor.record(pod.name)
            if not (record and record.phase is Phase.EXITED):
                if slots == 0:
                    break
                slots -= 1
                process = replace(pod.process(), restart=RestartPolicy.ON_FAILURE, max_failures=limit)
                record = machine.supervisor.ensure(process)
            records.append(record)
        return records


def is_finished(manifest: Manifest) -> bool:
    """Whether the Job completed or failed."""
    return any(conditions.is_true(manifest, kind) for kind in ("Complete", "Failed"))


def _completions(manifest: Manifest) -> int:
    return int(manifest["spec"].get("completions", 1))


def _backoff_limit(manifest: Manifest) -> int:
    return int(manifest["spec"].get("backoffLimit", DEFAULT_BACKOFF_LIMIT))


def _progress(manifest: Manifest, records: Sequence[Record]) -> Status:
    exhausted = [record for record in records if record.phase is Phase.EXITED and record.exit_code != 0]
    if exhausted:
        message = "Job has reached the specified backoff limit: " + explain(exhausted[0])
        return _status(manifest, records, condition(manifest, "Failed", True, "BackoffLimitExceeded", message))
    if _succeeded(records) == _completions(manifest):
        done = condition(manifest, "Complete", True, "CompletionsReached", "all runs ended with code 0")
        return _status(manifest, records, done) | {"completionTime": timestamp(datetime.now(UTC))}
    return _status(manifest, records, None)


def _succeeded(records: Sequence[Record]) -> int:
    return sum(record.phase is Phase.EXITED and record.exit_code == 0 for record in records)


def _status(manifest: Manifest, records: Sequence[Record], told: Mapping[str, Any] | None) -> Status:
    started = [record.started_at for record in records if record.started_at]
    counts = {
        "active": sum(record.phase is not Phase.EXITED for record in records),
        "ready": sum(record.is_ready for record in records),
        "succeeded": _succeeded(records),
        "failed": sum(record.failures for record in records),
    }
    status: Status = {key: value for key, value in counts.items() if value}
    if started:
        earliest = timestamp(datetime.fromtimestamp(min(started), UTC))
        status["startTime"] = manifest.get("status", {}).get("startTime", earliest)
    return status | ({"conditions": [told]} if told else {})


def _suspended(manifest: Manifest, is_gone: bool) -> Status:
    told = condition(manifest, "Suspended", True, "JobSuspended", "Job suspended")
    return {"conditions": [told]} | ({} if is_gone else {"active": 1})
