"""FlinkDeployment: a JobManager in application mode and its TaskManagers, configured from the resource."""

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from local.adapters.adapter import ManifestError, Outcome, Status, Surroundings
from local.adapters.flink import manifest as flink_manifest
from local.adapters.flink import start as flink_start
from local.adapters.flink.processes import FlinkFolder
from local.adapters.flink.rest import FlinkRest
from local.adapters.flink.start import files_below, newest_checkpoint
from local.adapters.workloads.pods import Pod, explain, remove_pods
from local.artefacts.fraud_detection_job import JAR_NAME, fraud_detection_jar
from local.artefacts.versions import REPOSITORY
from local.state.files import write_atomically
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine
from local.supervisor.record import Record
from local.supervisor.spec import HttpProbe, ProcessSpec
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest


@dataclass(frozen=True)
class Run:
    """What is remembered of a deployment between syncs. Every start that is not just a restart has its own job id."""

    revision: str = ""
    job_id: str = ""
    restore_from: str = ""
    # Of a stop with savepoint that is in progress.
    stop_request: str = ""
    starts: int = 0
    error: str = ""


class FlinkDeploymentAdapter:
    """Stands in for the Flink Kubernetes operator."""

    kind = names.FLINK_DEPLOYMENT
    finalizer = "local.telecom.dev/flink"
    calls_engine = True

    def sync(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> Outcome:
        """Run the job as specified; when it is suspended or changed, stop it and keep its state."""
        deployment = _Deployment(manifest, surroundings, machine)
        try:
            return deployment.sync()
        except ManifestError as error:
            return Outcome(deployment.status("DEPLOYED", "RECONCILING", str(error)), is_settled=False)

    def remove(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> bool:
        """Stop the processes and forget the run; checkpoints and savepoints stay where they are."""
        deployment = _Deployment(manifest, surroundings, machine)
        if not deployment.stop_processes():
            return False
        shutil.rmtree(deployment.folder, ignore_errors=True)
        machine.ports.release(deployment.key + ".")
        return True

    def process_names(self, manifest: Manifest, machine: Machine) -> Sequence[str]:
        """JobManager and TaskManagers of the job as specified or, while it is being stopped, as it was."""
        return _Deployment(manifest, None, machine).process_names()


class _Deployment:
    def __init__(self, manifest: Manifest, surroundings: Surroundings | None, machine: Machine) -> None:
        metadata = manifest["metadata"]
        self.manifest, self._surroundings, self._machine = manifest, surroundings, machine
        self.key = f"flink.{metadata['namespace']}.{metadata['name']}"
        self.folder = machine.state.root / "flink" / f"{metadata['namespace']}.{metadata['name']}"
        self._run_file = self.folder / "run.json"
        self._run = Run(**json.loads(self._run_file.read_text())) if self._run_file.is_file() else Run()
        self._ports = flink_manifest.FlinkPorts(
            *(machine.ports.claim(f"{self.key}.{name}") for name in ("rpc", "rest"))
        )
        self._rest = FlinkRest(self._ports.rest)

    def sync(self) -> Outcome:
        wanted = "" if flink_manifest.is_suspended(self.manifest) else flink_manifest.revision(self.manifest)
        if self._run.revision and self._run.revision != wanted:
            return self._stop()
        if not wanted:
            return Outcome(self.status("SUSPENDED", "FINISHED", self._run.error))
        if not self._run.revision:
            self._begin(wanted)
        records = [self._machine.supervisor.ensure(process) for process in self._processes()]
        return self._observe(records)

    def stop_processes(self) -> bool:
        """Take the next step of stopping every process; True when all are gone."""
        return all([remove_pods(self._owner(role), self._machine) for role in ("jobmanager", "taskmanager")])

    def process_names(self) -> Sequence[str]:
        if not self._run.revision and flink_manifest.is_suspended(self.manifest):
            return []
        count = flink_manifest.task_manager_count(self.manifest)
        pods = [self._pod("jobmanager", 0), *(self._pod("taskmanager", number) for number in range(count))]
        return [pod.name for pod in pods]

    def status(self, lifecycle: str, job_state: str, error: str = "", job_manager: str = "MISSING") -> Status:
        """Status as the operator writes it."""
        job = {"state": job_state, "jobId": self._run.job_id, "upgradeSavepointPath": self._run.restore_from}
        status = {
            "observedGeneration": self.manifest["metadata"]["generation"],
            "lifecycleState": lifecycle,
            "jobManagerDeploymentStatus": job_manager,
            "jobStatus": {key: value for key, value in job.items() if value},
        }
        return status | ({"error": json.dumps({"message": error})} if error else {})

    def _begin(self, wanted: str) -> None:
        first = str(self.manifest["spec"]["job"].get("initialSavepointPath", ""))
        starts = self._run.starts + 1
        identity = f"{self.manifest['metadata']['uid']}/{starts}"
        job_id = hashlib.sha256(identity.encode()).hexdigest()[:32]
        restore_from = self._run.restore_from or first
        self._remember(Run(wanted, job_id, restore_from, starts=starts))

    def _observe(self, records: Sequence[Record]) -> Outcome:
        waiting = [record for record in records if not record.is_ready]
        job = self._rest.job(self._run.job_id) if records[0].is_ready else None
        state = str(job["state"]) if job else "RECONCILING"
        tasks = {vertex["status"] for vertex in job["vertices"]} if job else set()
        is_stable = state == "RUNNING" and tasks == {"RUNNING"} and not waiting
        lifecycle = "FAILED" if state == "FAILED" else "STABLE" if is_stable else "DEPLOYED"
        error = "; ".join(explain(record) for record in waiting if record.failures)
        job_manager = "READY" if records[0].is_ready else "DEPLOYING"
        return Outcome(self.status(lifecycle, state, error, job_manager), is_settled=is_stable)

    def _stop(self) -> Outcome:
        """Take the next step of a stop that keeps the state according to the upgrade mode."""
        if flink_manifest.upgrade_mode(self.manifest) == "savepoint" and not self._savepoint_is_done():
            return Outcome(self.status("UPGRADING", "RUNNING", self._run.error, "READY"), is_settled=False)
        if not self.stop_processes():
            return Outcome(self.status("UPGRADING", "FINISHED"), is_settled=False)
        self._remember(replace(self._run, revision="", restore_from=self._kept_state(), stop_request=""))
        return Outcome(self.status("UPGRADING", "FINISHED"), is_settled=False)

    def _savepoint_is_done(self) -> bool:
        """Ask for the savepoint, then for its result. A job that is not running falls back to its last state."""
        run = self._run
        if not run.job_id:
            return True  # written in an earlier step; the processes are still ending
        if not run.stop_request:
            job = self._rest.job(run.job_id)
            if job is None or job["state"] != "RUNNING":
                return True
            self._remember(replace(run, stop_request=self._rest.stop_with_savepoint(run.job_id) or ""))
            return False
        done = self._rest.savepoint(run.job_id, run.stop_request)
        if done is None:
            # A JobManager that has died in the meantime does not know the request.
            return self._machine.supervisor.record(self._pod("jobmanager", 0).name) is None
        if location := done.get("location"):
            self._remember(replace(run, restore_from=str(location), job_id="", error=""))
            return True
        cause = done.get("failure-cause", {}).get("class", "unknown")
        self._remember(replace(run, stop_request="", error=f"savepoint failed: {cause}"))
        return False

    def _kept_state(self) -> str:
        """Where the next start begins: the savepoint just written, the newest checkpoint, or an empty state."""
        if flink_manifest.upgrade_mode(self.manifest) == "stateless":
            return ""
        if not self._run.job_id:
            return self._run.restore_from
        return self._newest_checkpoint() or self._run.restore_from

    def _newest_checkpoint(self) -> str | None:
        environ = self._pod("jobmanager", 0).process().environment
        folder = f"{flink_manifest.checkpoint_folder(self.manifest)}/{self._run.job_id}"
        return newest_checkpoint(files_below(folder, self._s3_endpoint(), environ))

    def _processes(self) -> list[ProcessSpec]:
        count = flink_manifest.task_manager_count(self.manifest)
        return [self._job_manager(), *(self._task_manager(number) for number in range(count))]

    def _job_manager(self) -> ProcessSpec:
        plan = {
            "role": "jobmanager",
            "entry_class": str(self.manifest["spec"]["job"]["entryClass"]),
            "job_id": self._run.job_id,
            "restore_from": self._run.restore_from,
            "checkpoint_folder": flink_manifest.checkpoint_folder(self.manifest),
            "s3_endpoint": self._s3_endpoint(),
        }
        process = self._process(self._pod("jobmanager", 0), plan)
        return replace(
            process,
            ports=(*process.ports, self._ports.rpc, self._ports.rest),
            endpoint=f"http://{LOOPBACK}:{self._ports.rest}",
            readiness=HttpProbe(self._ports.rest, "/overview"),
        )

    def _task_manager(self, number: int) -> ProcessSpec:
        return self._process(self._pod("taskmanager", number), {"role": "taskmanager"})

    def _process(self, pod: Pod, plan: Mapping[str, str]) -> ProcessSpec:
        """The pod's process, volumes and variables, with Flink's files and the plan of its start."""
        process = pod.process()
        folder = FlinkFolder(self.folder / pod.name.rpartition("-")[2])
        metrics_port = process.ports[0] if process.ports else None
        folder.write(flink_manifest.configuration(self.manifest, self._ports, metrics_port), self._jar())
        start_file = folder.path / "start.json"
        write_atomically(start_file, json.dumps({**plan, "folder": str(folder.path)}))
        return replace(
            process,
            argv=(sys.executable, "-m", flink_start.__name__, str(start_file), *process.argv[1:]),
            environment={**process.environment, **folder.environment(), "PYTHONPATH": str(REPOSITORY)},
            revision=f"{self._run.revision}/{self._run.job_id}",
            working_directory=folder.path,
        )

    def _jar(self) -> Path:
        uri = str(self.manifest["spec"]["job"]["jarURI"])
        if uri.rpartition("/")[2] != JAR_NAME:
            raise ManifestError("run a Flink job", f"this machine has no {uri}", f"use local:///…/{JAR_NAME}")
        return fraud_detection_jar()

    def _pod(self, role: str, number: int) -> Pod:
        surroundings = self._surroundings or Surroundings(lambda _: None, lambda *_: ())
        return Pod(self._owner(role), number, self._machine, surroundings)

    def _owner(self, role: str) -> Manifest:
        """The Deployment that the operator would create for a role."""
        arguments = flink_manifest.job_arguments(self.manifest) if role == "jobmanager" else ()
        metadata = {**self.manifest["metadata"], "name": f"{self.manifest['metadata']['name']}-{role}"}
        template = flink_manifest.pod_template(self.manifest, arguments)
        return {**self.manifest, "metadata": metadata, "spec": {"template": template}}

    def _s3_endpoint(self) -> str:
        return str(self.manifest["spec"].get("flinkConfiguration", {}).get("s3.endpoint", ""))

    def _remember(self, run: Run) -> None:
        self._run = run
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._run_file, json.dumps(asdict(run)))
