"""The scores that readers see: a gold table that holds one day's scores, its tag `published`, and a view.

The table is replaced as a whole. It keeps no scores of former days and no tag of a former publication: in either, the
scores of customers who withdrew their consent since then would live on.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.table.update.snapshot import ManageSnapshots

from jobs.churn.model import Floats
from jobs.churn.scored import ScoredCustomers
from jobs.runtime.data_files import write_data_files
from jobs.runtime.iceberg import load_or_create, single_attempt
from jobs.runtime.published_tags import GOLD, PUBLISHED_TAG
from jobs.runtime.table_batches import table_batches

SCORES = (GOLD, "customer_churn_scores")
ROWS_IN_A_FILE = 250_000
SCHEMA = pa.schema(
    [
        ("scored_on", pa.date32()),
        ("customer_id", pa.string()),
        ("churn_score", pa.float64()),
        ("churn_segment", pa.string()),
        ("model_auc", pa.float64()),
        ("scored_at", pa.timestamp("us", tz="UTC")),
    ]
)


def published_scores(catalog: Catalog) -> Floats:
    """The scores that readers see now; none before the first publication."""
    table = _published(catalog)
    if table is None:
        return np.empty(0)
    scan = table.scan(selected_fields=("churn_score",), snapshot_id=table.metadata.refs[PUBLISHED_TAG].snapshot_id)
    parts = [batch.column(0).to_numpy(zero_copy_only=False) for batch in table_batches(scan)]
    return np.concatenate(parts) if parts else np.empty(0)


def publish_scores(catalog: Catalog, scored: ScoredCustomers, at: dt.datetime) -> int:
    """Replace what readers see, in one commit; return the snapshot."""
    catalog.create_namespace_if_not_exists(GOLD)
    return _replace(load_or_create(catalog, SCORES, SCHEMA), _tables(scored, at))


def forget_unwilling(catalog: Catalog, willing: Callable[[Sequence[str]], set[str]]) -> int:
    """Take the scores of customers who are not `willing` out of the table and of what readers see; return how many."""
    table = _published(catalog)
    if table is None:
        return 0
    unwilling: int = sum(batch.num_rows - kept.num_rows for batch, kept in _kept(table, willing))
    if unwilling:
        _replace(table, (pa.Table.from_batches([kept]) for _, kept in _kept(table, willing)))
    return unwilling


def _published(catalog: Catalog) -> Table | None:
    try:
        table = catalog.load_table(SCORES)
    except NoSuchTableError:
        return None
    return table if PUBLISHED_TAG in table.metadata.refs else None


def _kept(
    table: Table, willing: Callable[[Sequence[str]], set[str]]
) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    scan = table.scan(snapshot_id=table.metadata.refs[PUBLISHED_TAG].snapshot_id)
    for batch in table_batches(scan):
        customers = batch.column("customer_id").to_pylist()
        keep = willing(customers)
        yield batch, batch.filter(pa.array([customer in keep for customer in customers], pa.bool_()))


def _replace(table: Table, parts: Iterable[pa.Table]) -> int:
    """New files in place of all others, and the tag on them, in a single commit on the table as it was loaded."""
    target = single_attempt(table)
    files: list[DataFile] = [file for part in parts for file in write_data_files(target, part)]
    with target.transaction() as transaction:
        with transaction.update_snapshot().overwrite() as snapshot:
            for task in target.scan().plan_files():
                snapshot.delete_data_file(task.file)
            for file in files:
                snapshot.append_data_file(file)
        current: int | None = transaction.table_metadata.current_snapshot_id
        if current is None:
            raise RuntimeError(f"{table.name()} has no snapshot after a commit")
        ManageSnapshots(transaction).create_tag(current, PUBLISHED_TAG).commit()
    return current


def _tables(scored: ScoredCustomers, at: dt.datetime) -> Iterator[pa.Table]:
    names = scored.segments
    for first in range(0, len(scored.scores), ROWS_IN_A_FILE):
        part = slice(first, first + ROWS_IN_A_FILE)
        count = len(scored.scores[part])
        yield pa.table(
            {
                "scored_on": pa.array([scored.scored_on] * count, pa.date32()),
                "customer_id": scored.customers.slice(first, ROWS_IN_A_FILE),
                "churn_score": scored.scores[part],
                "churn_segment": names[part],
                "model_auc": [scored.auc] * count,
                "scored_at": pa.array([at] * count, SCHEMA.field("scored_at").type),
            },
            schema=SCHEMA,
        )
