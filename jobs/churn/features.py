"""Reads the published churn features, batch by batch."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.expressions import AlwaysTrue, BooleanExpression, In
from pyiceberg.table import Table

from jobs.runtime.published_tags import GOLD, PUBLISHED_TAG
from jobs.runtime.table_batches import table_batches

FEATURES = (GOLD, "customer_churn_features")
DATE, CUSTOMER, LABEL = "feature_date", "customer_id", "churned"


class NothingPublishedError(Exception):
    """No night has published features yet."""


class PublishedFeatures:
    """The features that readers see: those of the last night that passed its gates, whatever has been built since."""

    def __init__(self, catalog: Catalog) -> None:
        self._table = _load(catalog)
        self._snapshot_id = self._table.metadata.refs[PUBLISHED_TAG].snapshot_id

    def batches(self, columns: Sequence[str], dates: Sequence[dt.date] = ()) -> Iterator[pa.RecordBatch]:
        """Rows of these feature dates (of all without any), file by file."""
        wanted: BooleanExpression = (
            In(term=DATE, literals={day.isoformat() for day in dates}) if dates else AlwaysTrue()
        )
        scan = self._table.scan(wanted, selected_fields=tuple(columns), snapshot_id=self._snapshot_id)
        return table_batches(scan)


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
