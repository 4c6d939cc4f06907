import math

import pytest
from pydantic import ValidationError

from contracts.batch_tables import NETWORK_TOWERS, UPDATED_AT_COLUMN
from contracts.tower import Tower
from jobs.crm_simulator.inventory import network_towers
from jobs.runtime.radio_network.towers import build_towers

TOWER = {
    "tower_id": "A-1",
    "region": "north",
    "city": "Oslo",
    "latitude": 59.9,
    "longitude": 10.7,
    "radio_access": "5g",
    "capacity_users": 900,
}


def test_a_tower_has_the_columns_of_its_table_in_their_order():
    assert (*Tower.model_fields, UPDATED_AT_COLUMN) == tuple(column.name for column in NETWORK_TOWERS.source_columns)


def test_the_inventory_of_a_larger_network_begins_with_that_of_a_smaller_one():
    assert list(network_towers(200)) == list(network_towers(500))[:200]


def test_the_inventory_knows_what_the_producers_send():
    network, (first, *_) = build_towers(60), network_towers(60)
    city = network.cities[network.city_of[0]]
    assert (first.tower_id, first.region, first.city) == (network.tower_ids[0], city.region, city.name)
    assert (first.latitude, first.longitude) == (network.latitude[0], network.longitude[0])
    assert (first.radio_access, first.capacity_users) == (network.radio_access[0], network.capacity_users[0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tower_id", " "),
        ("latitude", 90.5),
        ("longitude", math.nan),
        ("radio_access", "6g"),
        ("capacity_users", 0),
        ("retired_at", "2026-01-01 00:00:00"),
        ("owner", "us"),
    ],
)
def test_what_no_tower_can_be_is_refused(field: str, value: object):
    with pytest.raises(ValidationError, match=field):
        Tower.model_validate(TOWER | {field: value})
