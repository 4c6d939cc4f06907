"""What the status of a TelecomPipeline says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.status.model import DATA_CONDITIONS


@dataclass(frozen=True)
class PipelineView:
    """A resource with its status; everything is unknown before the first reconciliation of its generation."""

    resource: Manifest

    @property
    def _status(self) -> Mapping[str, Any]:
        status: Mapping[str, Any] = self.resource.get("status", {})
        is_current = status.get("observedGeneration") == self.resource["metadata"].get("generation")
        return status if is_current else {}

    @property
    def stage(self) -> str:
        """The first stage that is not ready, or the state of the whole; empty while unknown."""
        return str(self._status.get("stage", ""))

    @property
    def stages(self) -> list[Mapping[str, Any]]:
        """Name, state, reason and message of each stage."""
        stages: list[Mapping[str, Any]] = self._status.get("stages", [])
        return stages

    def holds(self, condition_type: str) -> bool:
        """Whether a condition is True."""
        return any(
            condition["type"] == condition_type and condition["status"] == "True" for condition in self._conditions
        )

    def message(self, condition_type: str) -> str:
        """What a condition says; empty while unknown."""
        messages = [condition["message"] for condition in self._conditions if condition["type"] == condition_type]
        return str(messages[0]) if messages else ""

    @property
    def data_complaints(self) -> list[str]:
        """What is wrong with the data; a pipeline whose parts all run counts as ready in spite of it."""
        return [
            f"{condition['type']} is False: {condition['message']}"
            for condition in self._conditions
            if condition["type"] in DATA_CONDITIONS and condition["status"] == "False"
        ]

    @property
    def data_summary(self) -> str:
        """Lag, freshness and last publication as far as they are known; empty if none of them is."""
        data = self._status.get("data") or {}
        known = {"lag": data.get("lag"), "freshness": data.get("freshness")}
        known["published"] = data.get("lastPublicationTime")
        return ", ".join(f"{name} {value}" for name, value in known.items() if value)

    @property
    def _conditions(self) -> list[Mapping[str, Any]]:
        conditions: list[Mapping[str, Any]] = self._status.get("conditions", [])
        return conditions
