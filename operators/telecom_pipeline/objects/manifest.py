"""Kubernetes objects as plain data: a manifest is the dict that its YAML file would hold."""

from dataclasses import dataclass
from typing import Any

Manifest = dict[str, Any]


@dataclass(frozen=True, order=True)
class Kind:
    """A kind of object: API version and name, for example `kafka.strimzi.io/v1` and `KafkaTopic`."""

    api_version: str
    name: str


@dataclass(frozen=True, order=True)
class Ref:
    """Where an object lives."""

    kind: Kind
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.name} {self.namespace}/{self.name}"


def kind_of(manifest: Manifest) -> Kind:
    """Kind of a manifest."""
    return Kind(manifest["apiVersion"], manifest["kind"])


def ref_of(manifest: Manifest) -> Ref:
    """Reference to a manifest; its namespace must be set."""
    metadata = manifest["metadata"]
    return Ref(kind_of(manifest), metadata["namespace"], metadata["name"])
