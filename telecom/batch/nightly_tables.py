"""A nightly run for people: its gates, and what it published."""

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from telecom.batch.nightly import FAILED, PASSED, WARNED, Nightly, PublishedTable
from telecom.terminal.plain_table import plain_table

COLOURS = {PASSED: "green", WARNED: "yellow", FAILED: "red"}


def nightly_report(done: Nightly) -> Group:
    """The gates, then the published snapshots or the gates that prevented a publication."""
    if done.is_published:
        return Group(gate_table(done), "", published_table(done.published))
    blocking = ", ".join(gate.name for gate in done.gates if gate.outcome == FAILED)
    why = Text.assemble(("Not published:", "red"), f" {blocking} failed. Readers see what they saw before.")
    return Group(gate_table(done), "", why, *_way_out(done))


def _way_out(done: Nightly) -> Iterator[Text]:
    if done.acceptances:
        yield Text("If that is right all the same, say so, then run it again:")
    for arguments in done.acceptances:
        yield Text(f"  telecom accept {arguments}")


def gate_table(done: Nightly) -> Table:
    """Every gate with its verdict."""
    table = plain_table("GATE", "LAYER", "OUTCOME", "WORST READING", "OWNER", "EVIDENCE")
    for gate in done.gates:
        outcome = Text(gate.outcome, COLOURS[gate.outcome])
        table.add_row(gate.name, gate.layer, outcome, f"{gate.value:.4g} {gate.unit}", gate.owner, gate.evidence)
    return table


def published_table(tables: Sequence[PublishedTable]) -> Table:
    """Every published table with its snapshot."""
    table = plain_table("PUBLISHED", "SNAPSHOT")
    for published in tables:
        table.add_row(published.table, str(published.snapshot))
    return table
