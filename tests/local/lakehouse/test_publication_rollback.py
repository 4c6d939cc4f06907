"""Going back: readers see the publication before the current one, as a whole."""

import pytest
from warehouse import RUN_DATE, Warehouse

from jobs.runtime.published_tags import move_tags
from telecom.access.lake_access import LakeAccess
from telecom.batch.publish_rollback import PublicationRollbackError, roll_publication_back

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def published_twice(warehouse: Warehouse) -> None:
    """Two publications that differ; after the chain's own tests there are some already."""
    if warehouse.value("select count(*) as n from audit.publications") > 1:
        return
    warehouse.forget_calls_of(RUN_DATE)
    assert warehouse.nightly().is_published


def test_rollback_puts_the_previous_set_back(warehouse: Warehouse) -> None:
    now = warehouse.published()
    access = lake_access_of(warehouse)
    record = roll_publication_back(access)
    while record.snapshots == now:  # a run that changed nothing published the same set again
        record = roll_publication_back(access)
    assert warehouse.published() == record.snapshots
    assert record.snapshots != now
    move_tags(warehouse.catalog, now)
    assert warehouse.published() == now


def test_before_the_first_publication_there_is_nothing_to_go_back_to(warehouse: Warehouse) -> None:
    access, seen = lake_access_of(warehouse), warehouse.published()
    with pytest.raises(PublicationRollbackError, match=r"telecom run nightly"):
        for _ in range(100):
            roll_publication_back(access)
    move_tags(warehouse.catalog, seen)


def lake_access_of(warehouse: Warehouse) -> LakeAccess:
    return LakeAccess(warehouse.erase_settings, dict(warehouse.environ))
