"""The towers of the simulated network as the operator's inventory has them."""

import datetime as dt
from collections.abc import Iterator

from psycopg2.extensions import connection as Connection

from contracts.tower import Tower
from jobs.runtime.radio_network.towers import build_towers
from jobs.runtime.tower_inventory import add_towers, create_inventory


def build_inventory(connection: Connection, tower_count: int, at: dt.datetime) -> None:
    """Add the network's towers, as of `at`, that were never added: a tower that was deleted since stays away."""
    with connection, connection.cursor() as cursor:
        create_inventory(cursor)
        cursor.execute("select coalesce(max(tower_count), 0) from simulation.networks")
        ((built,),) = cursor.fetchall()
        if built < tower_count:
            add_towers(cursor, list(network_towers(tower_count))[built:], at)
            cursor.execute("insert into simulation.networks values (%s)", (tower_count,))


def network_towers(tower_count: int) -> Iterator[Tower]:
    """The network's towers in order of their ids. Raises `TowerCountError`."""
    network = build_towers(tower_count)
    for row, tower_id in enumerate(network.tower_ids):
        city = network.cities[network.city_of[row]]
        yield Tower(
            tower_id=tower_id,
            region=city.region,
            city=city.name,
            latitude=float(network.latitude[row]),
            longitude=float(network.longitude[row]),
            radio_access=network.radio_access[row],
            capacity_users=int(network.capacity_users[row]),
        )
