"""One warehouse for all tests of this folder: filled once, run once."""

from collections.abc import Iterator

import pytest
from engines import LakeEngine, start_services
from late_news import LateNews, hear_late_news
from warehouse import Warehouse, open_warehouse


@pytest.fixture(scope="session")
def warehouse(lake: LakeEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Three days of events and eleven weeks of CRM, after a first nightly run."""
    start_services(lake.cluster, "trino")
    built = open_warehouse(lake, "lakehouse", tmp_path_factory.mktemp("dbt"))
    built.first_report = built.nightly()
    yield built
    built.sql.close()


@pytest.fixture(scope="session")
def late_news(warehouse: Warehouse) -> LateNews:
    """The warehouse after a night that heard late of towers and customers."""
    return hear_late_news(warehouse)
