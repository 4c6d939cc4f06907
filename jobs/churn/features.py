"""Reads the published churn features, batch by batch."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.expressions import AlwaysTrue, BooleanExpression, In
from pyiceberg.table import Table

from jobs.runtime.published_tags import GOLD, PUBLISHED_TAG
from jobs.runtime.table_batches import table_batches

FEATURES = (GOLD, "customer_churn_features")
DATE, CUSTOMER, LABEL = "feature_date", "customer_id", "churned"


Willing = Callable[[Sequence[str]], set[str]]


class NothingPublishedError(Exception):
    """No night has published features yet."""


class PublishedFeatures:
    """The features that readers see, of customers who are `willing` when they are read.

    They are those of the last night that passed its gates, whatever has been built since. That night knew of other
    consents than hold now, so that each batch is asked about.
    """

    def __init__(self, catalog: Catalog, willing: Willing) -> None:
        self._willing = willing
        self._table = _load(catalog)
        self._snapshot_id = self._table.metadata.refs[PUBLISHED_TAG].snapshot_id

    def batches(self, columns: Sequence[str], dates: Sequence[dt.date] = ()) -> Iterator[pa.RecordBatch]:
        """Rows of these feature dates (of all without any), file by file; `columns` name the customer."""
        wanted: BooleanExpression = (
            In(term=DATE, literals={day.isoformat() for day in dates}) if dates else AlwaysTrue()
        )
        scan = self._table.scan(wanted, selected_fields=tuple(columns), snapshot_id=self._snapshot_id)
        return (self._of_the_willing(batch) for batch in table_batches(scan))

    def _of_the_willing(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        customers = batch.column(CUSTOMER).to_pylist()
        willing = self._willing(customers)
        return batch.filter(pa.array([customer in willing for customer in customers], pa.bool_()))


def _load(catalog: Catalog) -> Table:
    try:
        table = catalog.load_table(FEATURES)
    except NoSuchTableError:
        table = None
    if table is None or PUBLISHED_TAG not in table.metadata.refs:
        raise NothingPublishedError(
            f"{'.'.join(FEATURES)} is not published yet; a nightly run that passes its gates publishes it."
        )
    return table
