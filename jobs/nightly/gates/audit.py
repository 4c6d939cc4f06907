"""Judges a run by every gate and records the results."""

from concurrent.futures import ThreadPoolExecutor

from jobs.nightly.gates.acceptance import with_acceptances
from jobs.nightly.gates.acceptance_records import all_acceptances
from jobs.nightly.gates.catalogue import gates_with
from jobs.nightly.gates.gate import GateResult, judge
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.reading.readers import READERS
from jobs.nightly.gates.results import record_results

# Most of a gate's time goes into planning a query; more gates at once would only queue for the engine's processors.
GATES_AT_ONCE = 4
# It reads the most; started in its turn, it would be the only one still running at the end.
LONGEST_GATE = "personal_data"


def audit(inspection: Inspection) -> list[GateResult]:
    """Results of all gates in their order, also appended to `audit.gate_results`. Several gates look at a time."""
    gates = gates_with(inspection.settings)
    longest_first = sorted(gates, key=lambda gate: gate.name != LONGEST_GATE)
    with ThreadPoolExecutor(GATES_AT_ONCE, thread_name_prefix="gate") as pool:
        readings = {gate: pool.submit(READERS[gate.name], inspection) for gate in longest_first}
    acceptances, run_date = all_acceptances(inspection.catalog), inspection.run.run_date
    results = [judge(gate, with_acceptances(gate, readings[gate].result(), acceptances, run_date)) for gate in gates]
    record_results(inspection.catalog, inspection.run, results)
    return results
