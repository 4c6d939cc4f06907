"""A pod template as one process, with the container's own command, arguments and environment. Pure."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.nightly_verdict import TERMINATION_LOG
from local.adapters.adapter import ManifestError
from local.adapters.workloads.images import LocalImage
from local.adapters.workloads.mount_paths import MountPaths
from local.supervisor.loopback import LOOPBACK
from local.supervisor.spec import CommandProbe, HttpProbe, Probe, ProcessSpec, RestartPolicy, StopRank, TcpProbe

_DEFAULT_GRACE_SECONDS = 30.0
_VARIABLE_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
# Reads a `secretKeyRef` or `configMapKeyRef`: kind, name, key, whether it may be absent.
ReadKey = Callable[[str, str, str, bool], str | None]


@dataclass(frozen=True)
class PodPlace:
    """Where a pod runs on this machine."""

    name: str
    namespace: str
    log_file: Path
    # Folder of each volume, by the volume's name.
    volumes: Mapping[str, Path]
    # Loopback port of each named container port.
    ports: Mapping[str, int]
    # File that stands for the container's termination log.
    termination_log: Path


def container_process(
    template: Mapping[str, Any],
    place: PodPlace,
    image_for: Callable[[str], LocalImage],
    read_key: ReadKey,
    base_environment: Mapping[str, str],
) -> ProcessSpec:
    """Process that does what the pod's container would do. Raises `ManifestError` for what is meaningless here.

    As in Kubernetes, a changed template restarts it, whereas a changed ConfigMap or Secret does not.
    """
    container = only_container(template)
    image = image_for(container["image"])
    mounts = mount_paths(container, place.volumes, place.termination_log)
    variables = _environment(container, place, mounts, read_key)
    probes = {
        kind: _probe(container, kind, place, mounts) for kind in ("readinessProbe", "startupProbe", "livenessProbe")
    }
    return ProcessSpec(
        name=place.name,
        argv=_argv(container, image, mounts, variables),
        log_file=place.log_file,
        working_directory=image.working_directory,
        environment={**base_environment, **image.environment, **variables},
        revision=_revision(template, place),
        ports=tuple(place.ports.values()),
        endpoint=", ".join(f"http://{LOOPBACK}:{port}" for port in place.ports.values()),
        readiness=probes["readinessProbe"] or probes["startupProbe"],
        liveness=probes["livenessProbe"],
        # A pod that is not ready is waited for, however long it takes; only its liveness probe restarts it.
        start_timeout_seconds=float("inf"),
        liveness_delay_seconds=_startup_seconds(container),
        stop_grace_seconds=float(template["spec"].get("terminationGracePeriodSeconds", _DEFAULT_GRACE_SECONDS)),
        stop_rank=StopRank.WORKLOAD,
        restart=RestartPolicy.ALWAYS,
    )


def only_container(template: Mapping[str, Any]) -> Mapping[str, Any]:
    """The pod's container. Raises `ManifestError` if there are several, or init containers."""
    spec = template["spec"]
    containers = [*spec.get("initContainers", []), *spec["containers"]]
    if len(containers) != 1:
        names = ", ".join(container["name"] for container in containers)
        raise ManifestError("run a pod", f"it has several containers: {names}", "give each its own pod")
    container: Mapping[str, Any] = containers[0]
    return container


def mount_paths(container: Mapping[str, Any], volumes: Mapping[str, Path], termination_log: Path) -> MountPaths:
    """Folders of a container's mounts, and its termination log; a `subPath` is a file or folder in its volume."""
    mounts = container.get("volumeMounts", [])
    folders = {mount["mountPath"]: volumes[mount["name"]] / mount.get("subPath", "") for mount in mounts}
    return MountPaths(folders | {container.get("terminationMessagePath", TERMINATION_LOG): termination_log})


def _argv(
    container: Mapping[str, Any], image: LocalImage, mounts: MountPaths, variables: Mapping[str, str]
) -> tuple[str, ...]:
    if not container.get("command"):
        why = "it has no command, and without an image there is no entry point to use instead"
        raise ManifestError(f"run container {container['name']}", why, "set `command` in the manifest")
    # Only words of the manifest are a container's paths. The program's own place here and the value of a variable are
    # paths of this machine, which may also lie below /tmp.
    program, *arguments = [
        _expand(mounts.replace(word), variables) for word in (*container["command"], *container.get("args", []))
    ]
    return (image.programs.get(program, program), *arguments)


def _expand(text: str, variables: Mapping[str, str]) -> str:
    """`$(NAME)` of a known variable, as the kubelet expands it."""
    return _VARIABLE_REFERENCE.sub(lambda match: variables.get(match.group(1), match.group(0)), text)


def _environment(
    container: Mapping[str, Any], place: PodPlace, mounts: MountPaths, read_key: ReadKey
) -> dict[str, str]:
    variables: dict[str, str] = {}
    for entry in container.get("env", []):
        value = _value(entry, place, read_key)
        if value is not None:
            variables[entry["name"]] = _expand(mounts.replace(value), variables)
    variables |= {f"{name.upper().replace('-', '_')}_PORT": str(port) for name, port in place.ports.items()}
    scratch = mounts.folder("/tmp")  # noqa: S108 (a container's path)
    return variables | {"METRICS_HOST": LOOPBACK} | ({"TMPDIR": str(scratch)} if scratch else {})


def _value(entry: Mapping[str, Any], place: PodPlace, read_key: ReadKey) -> str | None:
    if "valueFrom" not in entry:
        return str(entry.get("value", ""))
    match entry["valueFrom"]:
        case {"secretKeyRef": reference}:
            return read_key("Secret", reference["name"], reference["key"], bool(reference.get("optional")))
        case {"configMapKeyRef": reference}:
            return read_key("ConfigMap", reference["name"], reference["key"], bool(reference.get("optional")))
        case {"fieldRef": {"fieldPath": "metadata.name"}}:
            return place.name
        case {"fieldRef": {"fieldPath": "metadata.namespace"}}:
            return place.namespace
        case {"fieldRef": {"fieldPath": "status.podIP"}}:
            return LOOPBACK
        case other:
            raise ManifestError(f"set variable {entry['name']}", f"{other} is meaningless here", "use a value")


def _probe(container: Mapping[str, Any], kind: str, place: PodPlace, mounts: MountPaths) -> Probe | None:
    match container.get(kind):
        case None:
            return None
        case {"httpGet": {"path": path, "port": port}}:
            return HttpProbe(_port(container, port, place), path)
        case {"tcpSocket": {"port": port}}:
            return TcpProbe(_port(container, port, place))
        case {"exec": {"command": command}}:
            return CommandProbe(tuple(mounts.replace(word) for word in command))
        case other:
            raise ManifestError(f"probe container {container['name']}", f"{other} is meaningless here", "use httpGet")


def _port(container: Mapping[str, Any], port: str | int, place: PodPlace) -> int:
    declared = container.get("ports", [])
    name = next((entry.get("name") for entry in declared if port in (entry.get("name"), entry["containerPort"])), None)
    if name is None or name not in place.ports:
        why = f"port {port} is not among its named ports"
        raise ManifestError(f"probe container {container['name']}", why, "declare the port with a name")
    return place.ports[name]


def _startup_seconds(container: Mapping[str, Any]) -> float:
    """How long the container may take to start before its liveness counts."""
    startup = container.get("startupProbe")
    if startup is None:
        return float((container.get("livenessProbe") or {}).get("initialDelaySeconds", 0))
    return float(startup.get("periodSeconds", 10) * startup.get("failureThreshold", 3))


def _revision(template: Mapping[str, Any], place: PodPlace) -> str:
    content = json.dumps([template, dict(place.ports)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
