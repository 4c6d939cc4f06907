"""Runs every gate on a run and writes the results down."""

from collections.abc import Sequence

from jobs.data_quality.catalogue import GATES
from jobs.data_quality.gate import Gate, GateResult, judge
from jobs.data_quality.inspection import Inspection
from jobs.data_quality.results import record_results


def audit(inspection: Inspection, gates: Sequence[Gate] = GATES) -> list[GateResult]:
    """Results of `gates` in order, also appended to `audit.gate_results`."""
    results = [judge(gate, inspection.readings(gate.name)) for gate in gates]
    record_results(inspection.catalog, inspection.run, results)
    return results
