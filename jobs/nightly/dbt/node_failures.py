"""What dbt's own report says of a build that failed: which models and tests, and whether the data or the engine did it.
Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.nightly.dbt.told_values import without_values

FAILED = ("fail", "error")
# What Trino or the way to it says when the statement is not to blame.
_OF_ENGINE = re.compile(
    r"Trino(Connection|External|Internal|Auth)Error|type=(INTERNAL_ERROR|INSUFFICIENT_RESOURCES)\b"
    r"|Http5\d\dError|\berror (401|403|429|5\d\d)\b|Connection(Error| refused| reset| aborted)|timed out"
    r"|SERVER_(STARTING_UP|SHUTTING_DOWN)|NO_NODES_AVAILABLE|ADMINISTRATIVELY_KILLED|Max retries exceeded"
)
LONGEST_MESSAGE = 500


@dataclass(frozen=True)
class NodeFailure:
    """A model or test (`kind`) that failed: `count` rows in a test, 1 for a model."""

    kind: str
    name: str
    count: int
    message: str

    @property
    def is_of_engine(self) -> bool:
        """True when the engine could not be asked, which says nothing about the data."""
        return _OF_ENGINE.search(self.message) is not None


def node_failures(run_results: Mapping[str, Any]) -> tuple[NodeFailure, ...]:
    """All failures in dbt's `run_results.json`, in its order."""
    return tuple(_failures(run_results["results"]))


def _failures(results: Sequence[Mapping[str, Any]]) -> Iterator[NodeFailure]:
    for result in results:
        if result["status"] in FAILED:
            kind, _, name = result["unique_id"].split(".")[:3]
            message = without_values(" ".join((result.get("message") or "").split()))
            yield NodeFailure(kind, name, result.get("failures") or 1, message[:LONGEST_MESSAGE])
