"""Going back: readers see the publication before the current one, as a whole."""

import pytest
from warehouse import Warehouse

from jobs.publication.publish import roll_back
from jobs.publication.tags import move_tags, published_snapshots

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def test_rollback_puts_the_previous_set_back(warehouse: Warehouse) -> None:
    now = published_snapshots(warehouse.catalog)
    record = roll_back(warehouse.catalog)
    while record.snapshots == now:  # a run that changed nothing published the same set again
        record = roll_back(warehouse.catalog)
    assert published_snapshots(warehouse.catalog) == record.snapshots
    assert record.snapshots != now
    move_tags(warehouse.catalog, now)
    assert published_snapshots(warehouse.catalog) == now
