"""What all services share: they are level-triggered and never block for long."""

from collections.abc import Sequence
from typing import Protocol

from local.supervisor.machine import Machine
from operators.telecom_pipeline.objects.manifest import Manifest


class Service(Protocol):
    """One engine beside the pipeline."""

    name: str

    def sync(self, machine: Machine) -> bool:
        """Run it and, once its process is ready, set it up; True when it can be used. Idempotent."""

    def endpoint(self, machine: Machine) -> str:
        """Where it answers, shown to people."""

    def connection_objects(self, machine: Machine, namespace: str) -> Sequence[Manifest]:
        """ConfigMap and Secret through which pipelines of a namespace refer to it."""


def config_map(name: str, namespace: str, data: dict[str, str]) -> Manifest:
    """ConfigMap with those keys."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def secret(name: str, namespace: str, data: dict[str, str]) -> Manifest:
    """Secret with those keys, given as plain text."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": data,
    }
