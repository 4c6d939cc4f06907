"""What an adapter is given and what it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.errors import LocalError
from local.supervisor.machine import Machine
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref

Status = dict[str, Any]


class ManifestError(LocalError):
    """A manifest asks for something that its real controller would also refuse, or that this machine cannot provide."""


@dataclass(frozen=True)
class Surroundings:
    """Objects that a manifest refers to, read through functions, because the adapter does not know the store."""

    get: Callable[[Ref], Manifest | None]
    list: Callable[[Kind, str, Mapping[str, str]], Sequence[Manifest]]


@dataclass(frozen=True)
class Outcome:
    """Result of a sync: the status to write, and objects that the real controller would publish."""

    status: Status
    published: Sequence[Manifest] = ()
    # Status of other objects that the same controller owns, such as the pools of a Kafka.
    other_statuses: Mapping[Ref, Status] = field(default_factory=dict)
    # False asks for another sync soon, even if nothing changes.
    is_settled: bool = True


class Adapter(Protocol):
    """One kind of object."""

    kind: Kind
    # Set on every object of the kind, so that its deletion waits for `remove`.
    finalizer: str
    # Whether a sync talks to an engine over the network; if so, it is done only when something may have changed.
    calls_engine: bool

    def sync(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> Outcome:
        """Take the next step towards the manifest and report the progress. Level-triggered, idempotent, bounded."""

    def remove(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> bool:
        """Take the next step of the removal; True when everything is gone."""

    def process_names(self, manifest: Manifest, machine: Machine) -> Sequence[str]:
        """Processes that the manifest stands for, running or not."""
