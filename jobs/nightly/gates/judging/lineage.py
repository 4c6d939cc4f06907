"""Whether the snapshots that a run names are those that its statements read, and whether every output has one. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from jobs.nightly.audited_run import TableName
from jobs.nightly.gates.gate import Reading


def lineage_readings(
    read: Mapping[TableName, Iterable[int | None]],
    inputs: Mapping[TableName, int],
    built: Iterable[TableName],
    outputs: Mapping[TableName, int],
) -> list[Reading]:
    """A reading per dataset at fault. `read` are the snapshots that statements named, None where one named none."""
    return [*_of_inputs(read, inputs), *_of_outputs(built, outputs)]


def _of_inputs(read: Mapping[TableName, Iterable[int | None]], inputs: Mapping[TableName, int]) -> Iterator[Reading]:
    if not read:
        yield Reading("inputs", 1, "nobody wrote down what the run read")
    for table, snapshots in sorted(read.items()):
        if table not in inputs:
            yield Reading(".".join(table), 1, "was read, but is not among the run's inputs")
            continue
        if not snapshots:
            yield Reading(".".join(table), 1, "was to be read, but no statement did")
        for snapshot in sorted({snapshot or 0 for snapshot in snapshots} - {inputs[table]}):
            told = f"at snapshot {snapshot}" if snapshot else "without a snapshot"
            yield Reading(".".join(table), 1, f"was read {told}, the run names {inputs[table]}")


def _of_outputs(built: Iterable[TableName], outputs: Mapping[TableName, int]) -> Iterator[Reading]:
    if not outputs:
        yield Reading("outputs", 1, "no output was written down")
    for table in sorted(set(built) - outputs.keys()):
        yield Reading(".".join(table), 1, "was to be written, but has no snapshot")
