"""The reader of each gate, by its name."""

from collections.abc import Callable, Mapping

from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.reading.arrivals import read_freshness, read_late_and_dead_letters
from jobs.nightly.gates.reading.day import read_distribution, read_fraud_health, read_volume
from jobs.nightly.gates.reading.quality import read_customer_history, read_referential, read_validity
from jobs.nightly.gates.reading.reconciliation import read_reconciliation
from jobs.nightly.gates.reading.sink_commits import read_completeness
from jobs.nightly.gates.reading.tables import read_lineage, read_maintenance, read_personal_data, read_schema
from jobs.nightly.gates.reading.uniqueness import read_uniqueness

READERS: Mapping[str, Callable[[Inspection], list[Reading]]] = {
    "completeness": read_completeness,
    "uniqueness": read_uniqueness,
    "freshness": read_freshness,
    "volume": read_volume,
    "schema": read_schema,
    "validity": read_validity,
    "distribution": read_distribution,
    "referential": read_referential,
    "customer_history": read_customer_history,
    "reconciliation": read_reconciliation,
    "late_and_dead_letters": read_late_and_dead_letters,
    "personal_data": read_personal_data,
    "fraud_health": read_fraud_health,
    "maintenance": read_maintenance,
    "lineage": read_lineage,
}
