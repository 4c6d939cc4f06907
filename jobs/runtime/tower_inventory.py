"""The operator's inventory of towers, `network.towers`, in the CRM's PostgreSQL server."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from contracts.batch_tables import NETWORK_TOWERS
from contracts.tower import Tower

_PAGE = 1000
_CREATE = """
create schema if not exists network;
create table if not exists network.towers (
    tower_id text primary key,
    region text not null,
    city text not null,
    latitude double precision not null check (latitude between -90 and 90),
    longitude double precision not null check (longitude between -180 and 180),
    radio_access text not null,
    capacity_users int not null check (capacity_users > 0),
    retired_at timestamptz,
    updated_at timestamptz not null
);
create index if not exists towers_by_update on network.towers (updated_at);
"""
_COLUMNS = tuple(column.name for column in NETWORK_TOWERS.source_columns)
_FIELDS = tuple(Tower.model_fields)


@dataclass(frozen=True)
class InventoryChange:
    """Number of towers that were new, that differed, and that were as given already."""

    added: int
    changed: int
    unchanged: int


def create_inventory(cursor: Cursor) -> None:
    """Create the table if it is missing."""
    cursor.execute(_CREATE)


def add_towers(cursor: Cursor, towers: Sequence[Tower], at: dt.datetime) -> None:
    """Add towers as of `at`. Those that the inventory has stay as they are."""
    _write(cursor, sql.SQL("on conflict do nothing returning true"), towers, at)


def write_towers(
    connection: Connection, towers: Sequence[Tower], at: dt.datetime, dry_run: bool = False
) -> InventoryChange:
    """Add towers and change those that differ, as of `at`, in one transaction. Others stay as they are.

    No tower may occur twice. With `dry_run`, the transaction is rolled back.
    """
    with connection.cursor() as cursor:
        create_inventory(cursor)
        # A row that is as it was keeps its `updated_at`: it is no new version. Only a row that was there has an `xmax`.
        update = sql.SQL(
            "on conflict (tower_id) do update set ({names}) = ({new})"
            " where ({known}) is distinct from ({given}) returning xmax = 0"
        ).format(
            names=_names("", _COLUMNS),
            new=_names("excluded", _COLUMNS),
            known=_names("known", _FIELDS),
            given=_names("excluded", _FIELDS),
        )
        written = _write(cursor, update, towers, at)
    if dry_run:
        connection.rollback()
    else:
        connection.commit()
    added = sum(is_new for (is_new,) in written)
    return InventoryChange(added, len(written) - added, len(towers) - len(written))


def _write(
    cursor: Cursor, on_conflict: sql.Composable, towers: Sequence[Tower], at: dt.datetime
) -> list[tuple[bool, ...]]:
    insert = sql.SQL("insert into network.towers as known ({names}) values %s {on_conflict}").format(
        names=_names("", _COLUMNS), on_conflict=on_conflict
    )
    rows = [(*tower.model_dump(mode="json").values(), at) for tower in towers]
    written: list[tuple[bool, ...]] = execute_values(
        cursor, insert.as_string(cursor), rows, page_size=_PAGE, fetch=True
    )
    return written


def _names(table: str, columns: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(*filter(None, (table, name))) for name in columns)
