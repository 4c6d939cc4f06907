"""What the sink's commits say of bronze: whether all offsets are accounted for, and how many dead letters are left."""

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.judging.completeness import (
    Step,
    commits_of,
    completeness,
    outstanding_dead_letters,
    steps_of,
)
from jobs.nightly.gates.judging.late_records import dead_letter_reading
from jobs.nightly.gates.judging.left_behind import left_behind
from jobs.nightly.gates.statement import window_start


def read_completeness(inspection: Inspection) -> list[Reading]:
    """Readings per topic inside commits, between them, and of rows that no run has worked on."""
    tables = {topic: inspection.table(contract.identifier) for topic, contract in inspection.bronze_tables.items()}
    in_bronze = [r for topic, table in tables.items() for r in completeness(topic, _steps(inspection, table))]
    return in_bronze + left_behind(inspection.run.rows_left_behind)


def read_dead_letters(inspection: Inspection) -> list[Reading]:
    """A reading per topic, of the commits since the start of the run's window."""
    first_ms = int(window_start(inspection.run).timestamp() * 1000)
    gate = inspection.settings.late_and_dead_letters
    return [
        dead_letter_reading(topic, *outstanding_dead_letters(commits_of(_steps(inspection, table, first_ms))), gate)
        for topic, table in (
            (topic, inspection.table(contract.identifier)) for topic, contract in inspection.bronze_tables.items()
        )
    ]


def _steps(inspection: Inspection, table: Table, since_ms: int = 0) -> list[Step]:
    audited = inspection.run.inputs.get((table.name()[-2], table.name()[-1]))
    return steps_of(
        (snapshot.snapshot_id, snapshot.summary.additional_properties)
        for snapshot in reversed(_history(table, audited))
        if snapshot.summary and snapshot.timestamp_ms >= since_ms
    )


def _history(table: Table, audited: int | None) -> list[Snapshot]:
    """The audited snapshot and those that it came of, the newest first. What somebody rolled back is none of them."""
    known = {snapshot.snapshot_id: snapshot for snapshot in table.metadata.snapshots}
    history: list[Snapshot] = []
    step = known.get(audited) if audited is not None else None
    while step is not None:
        history.append(step)
        step = known.get(step.parent_snapshot_id) if step.parent_snapshot_id is not None else None
    return history
