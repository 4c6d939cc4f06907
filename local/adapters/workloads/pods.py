"""Pods of Deployments and Jobs on one machine: volumes become folders, references are resolved, a process runs."""

import base64
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.adapters.adapter import ManifestError, Surroundings
from local.adapters.workloads.container import PodPlace, container_process, mount_paths, only_container
from local.adapters.workloads.images import image_for
from local.adapters.workloads.mount_paths import MountPaths
from local.state.files import write_atomically
from local.supervisor.logs import last_line
from local.supervisor.machine import Machine, base_environment
from local.supervisor.record import Phase, Record
from local.supervisor.spec import ProcessSpec
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref

_KINDS = {"Secret": names.SECRET, "ConfigMap": names.CONFIG_MAP}


@dataclass(frozen=True)
class Pod:
    """The n-th pod of a Deployment or Job."""

    owner: Manifest
    ordinal: int
    machine: Machine
    surroundings: Surroundings

    @property
    def namespace(self) -> str:
        """Namespace of its owner."""
        return str(self.owner["metadata"]["namespace"])

    @property
    def name(self) -> str:
        """Name of its process."""
        return f"{process_prefix(self.owner)}{self.ordinal}"

    @property
    def template(self) -> Mapping[str, Any]:
        """Pod template of its owner."""
        template: Mapping[str, Any] = self.owner["spec"]["template"]
        return template

    def process(self) -> ProcessSpec:
        """Write its volumes and return its process. Raises `ManifestError`, also while a reference is missing."""
        container = only_container(self.template)
        folder, termination_log = self.machine.state.pods / self.name, termination_log_of(self.machine, self.name)
        folder.mkdir(exist_ok=True, mode=0o700)
        volumes = {volume["name"]: folder / volume["name"] for volume in self.template["spec"].get("volumes", [])}
        mounts = mount_paths(container, volumes, termination_log)
        for volume in self.template["spec"].get("volumes", []):
            self._write(volume, volumes[volume["name"]], mounts)
        log_file = self.machine.state.log_file(self.name)
        place = PodPlace(self.name, self.namespace, log_file, volumes, self._ports(container), termination_log)
        return container_process(self.template, place, image_for, self._read_key, base_environment())

    def _ports(self, container: Mapping[str, Any]) -> dict[str, int]:
        named = [port["name"] for port in container.get("ports", []) if "name" in port]
        return {name: self.machine.ports.claim(f"{self.name}.{name}") for name in named}

    def _write(self, volume: Mapping[str, Any], folder: Path, mounts: MountPaths) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        texts: dict[str, bytes] = {}
        match volume:
            case {"emptyDir": _}:
                return
            case {"configMap": {"name": name, **source}}:
                content = self._data("ConfigMap", name, bool(source.get("optional")))
                texts = {key: mounts.replace(text).encode() for key, text in content.items()}
            case {"secret": {"secretName": name, **source}}:
                content = self._data("Secret", name, bool(source.get("optional")))
                texts = {key: base64.b64decode(text) for key, text in content.items()}
            case _:
                why = f"volume {volume['name']} is not a configMap, secret or emptyDir"
                raise ManifestError(f"run pod {self.name}", why, "use one of these")
        for key, path in _items(source, texts).items():
            write_atomically(folder / path, texts[key])

    def _data(self, kind: str, name: str, is_optional: bool) -> Mapping[str, str]:
        found = self.surroundings.get(Ref(_KINDS[kind], self.namespace, name))
        if found is None and not is_optional:
            raise ManifestError(f"run pod {self.name}", f"{kind} {name} does not exist yet", "telecom status")
        data: Mapping[str, str] = (found or {}).get("data", {})
        return data

    def _read_key(self, kind: str, name: str, key: str, is_optional: bool) -> str | None:
        data = self._data(kind, name, is_optional)
        if key not in data:
            if is_optional:
                return None
            raise ManifestError(f"run pod {self.name}", f"{kind} {name} has no key {key}", "telecom status")
        return base64.b64decode(data[key]).decode() if kind == "Secret" else data[key]


def termination_log_of(machine: Machine, pod: str) -> Path:
    """Where a pod's container leaves its last words; the file goes with the pod."""
    return machine.state.pods / pod / "termination-log"


def process_prefix(owner: Manifest) -> str:
    """What the names of the processes of a Deployment or Job start with."""
    metadata = owner["metadata"]
    return f"{owner['kind'].lower()}.{metadata['namespace']}.{metadata['name']}."


def records_of(owner: Manifest, machine: Machine) -> list[Record]:
    """Processes of an owner, running or not."""
    prefix = process_prefix(owner)
    return [record for record in machine.supervisor.records() if record.name.startswith(prefix)]


def remove_pods(owner: Manifest, machine: Machine) -> bool:
    """Stop the processes of an owner, then remove their folders and ports; True when everything is gone."""
    if not all([machine.supervisor.remove(record.name) for record in records_of(owner, machine)]):
        return False
    prefix = process_prefix(owner)
    for folder in machine.state.pods.glob(f"{prefix}*"):
        shutil.rmtree(folder, ignore_errors=True)
    machine.ports.release(prefix)
    return True


def explain(record: Record) -> str:
    """Why a pod is not ready, with the last line of its log when it failed."""
    reason = f"{record.name}: {record.phase}" + (f", {record.reason}" if record.reason else "")
    if record.phase not in (Phase.BACKING_OFF, Phase.EXITED):
        return reason
    line = last_line(Path(record.log_file)) if record.log_file else ""
    return f"{reason}; its log ends with: {line[:300]}" if line else reason


def _items(source: Mapping[Any, Any], content: Mapping[str, bytes]) -> dict[str, str]:
    """File path by key: of the listed items or, without a list, of every key under its own name."""
    items = source.get("items")
    return {item["key"]: item["path"] for item in items} if items else {key: key for key in content}
