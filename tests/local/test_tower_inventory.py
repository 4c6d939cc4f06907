"""The operator's inventory on a real PostgreSQL: what an import and the simulator change, and what they leave."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from engines import LakeEngine
from psycopg2.extensions import connection as Connection

from contracts.tower import Tower
from jobs.crm_simulator.database import create_tables
from jobs.crm_simulator.inventory import build_inventory, network_towers
from jobs.runtime.tower_inventory import InventoryChange, write_towers
from local.services.postgres import Postgres

pytestmark = pytest.mark.engine
FIRST, LATER = (dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in (1, 2))
OWN = Tower.model_validate(
    {
        "tower_id": "A-1",
        "region": "north",
        "city": "Oslo",
        "latitude": 59.91,
        "longitude": 10.75,
        "radio_access": "5g",
        "capacity_users": 900,
    }
)


@pytest.fixture
def database(lake: LakeEngine, postgres: Postgres, unique_name: str) -> Iterator[Connection]:
    machine = lake.cluster.machine
    postgres.create_database(machine, unique_name)
    user, password = postgres.credentials(machine, unique_name)
    place = {"host": "127.0.0.1", "port": postgres.port(machine), "dbname": unique_name}
    with closing(psycopg2.connect(**place, user=user, password=password, options="-c timezone=UTC")) as connection:
        yield connection


def inventory(database: Connection) -> dict[str, tuple[object, ...]]:
    """Region, capacity and time of the last change by tower."""
    with database, database.cursor() as cursor:
        cursor.execute("select tower_id, region, capacity_users, updated_at from network.towers")
        return {row[0]: row[1:] for row in cursor.fetchall()}


def test_an_import_adds_changes_and_leaves_alone(database: Connection) -> None:
    other = OWN.model_copy(update={"tower_id": "A-2"})
    assert write_towers(database, [OWN, other], FIRST) == InventoryChange(added=2, changed=0, unchanged=0)
    bigger = OWN.model_copy(update={"capacity_users": 1200})
    assert write_towers(database, [bigger, other], LATER) == InventoryChange(added=0, changed=1, unchanged=1)
    assert inventory(database) == {"A-1": ("north", 1200, LATER), "A-2": ("north", 900, FIRST)}


def test_a_dry_run_counts_and_changes_nothing(database: Connection) -> None:
    assert write_towers(database, [OWN], FIRST, dry_run=True).added == 1
    write_towers(database, [OWN], FIRST)
    assert write_towers(database, [OWN.model_copy(update={"region": "south"})], LATER, dry_run=True).changed == 1
    assert inventory(database) == {"A-1": ("north", 900, FIRST)}


def test_more_towers_than_a_page_are_counted_in_full(database: Connection) -> None:
    towers = [OWN.model_copy(update={"tower_id": f"A-{number}"}) for number in range(2500)]
    assert write_towers(database, towers, FIRST).added == len(inventory(database)) == 2500


def test_a_growing_network_brings_back_neither_deleted_nor_changed_towers(database: Connection) -> None:
    create_tables(database)
    build_inventory(database, 4, FIRST)
    with database, database.cursor() as cursor:
        cursor.execute("delete from network.towers where tower_id = 'TWR-00002'")
        cursor.execute("update network.towers set region = 'mine' where tower_id = 'TWR-00003'")
    for tower_count in (4, 3, 6):
        build_inventory(database, tower_count, LATER)
    known = inventory(database)
    assert sorted(known) == ["TWR-00001", "TWR-00003", "TWR-00004", "TWR-00005", "TWR-00006"]
    assert known["TWR-00003"][0] == "mine"
    sixth = list(network_towers(6))[5]
    assert known["TWR-00006"] == (sixth.region, sixth.capacity_users, LATER)
