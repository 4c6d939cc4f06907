"""A build of dbt that failed, as results of gates: recorded, told and looked up like those. Pure."""

from collections.abc import Sequence

from jobs.nightly.dbt.node_failures import NodeFailure
from jobs.nightly.gates.gate import Gate, GateResult, Layer, Outcome, Reading

# A pod's last words have to hold them.
MOST_NODES = 15
OWNER = "data-platform"


def as_results(failures: Sequence[NodeFailure]) -> list[GateResult]:
    """One result for each failure; the first few by name, the others by their number."""
    named = [_result(failure.kind, failure.name, failure.count, failure.message) for failure in failures[:MOST_NODES]]
    more = len(failures) - len(named)
    return named + ([_result("test", "and others", more, f"{more} more failed")] if more > 0 else [])


def _result(kind: str, name: str, count: int, message: str) -> GateResult:
    unit = "rows at fault" if kind == "test" else "models at fault"
    gate = Gate(0, f"dbt {kind} {name}", Layer.ALL, f"dbt's {kind} {name} succeeds", unit, OWNER, False, None, 0)
    return GateResult(gate, Outcome.FAILED, float(count), (Reading(name, float(count), message),))
