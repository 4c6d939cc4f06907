"""One job at a time changes silver and gold: a lock in the database of the catalog.

It is an advisory lock of PostgreSQL, which belongs to a session: a job that is killed gives it back with its
connection, so nobody has to guess when a lock is stale, and no clock is compared. A pooler in front of the database has
to leave sessions to their clients (not `pool_mode=transaction` of PgBouncer).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy import Connection, text

log = structlog.get_logger()
# First of the two numbers of the lock, "lake" in ASCII; the second is made of the catalog's name.
LAKE = 0x6C616B65
# PostgreSQL cuts the name of an application here.
NAME_LENGTH = 63

_TAKE = text("select pg_try_advisory_lock(:lake, hashtext(:catalog))")
_HOLDER = text(
    "select application_name, backend_start from pg_locks join pg_stat_activity using (pid)"
    " where locktype = 'advisory' and granted and objsubid = 2 and classid = cast(:lake as oid)"
    " and objid = cast(hashtext(:catalog) as oid)"
    " and pg_locks.database = (select oid from pg_database where datname = current_database())"
)


class LakeBusyError(Exception):
    """Another job changes silver and gold; the message names it."""


@contextmanager
def locked_lake(catalog: Catalog, holder: str) -> Iterator[None]:
    """Hold the lock as `holder`, which others are told. Raises `LakeBusyError` if another job has it.

    A REST catalog has no such lock: there, two jobs at a time do no harm to what readers see, because the one that
    comes second to commit finds that its tables have changed, but its work is lost.
    """
    if not isinstance(catalog, SqlCatalog) or catalog.engine.dialect.name != "postgresql":
        log.warning("lake_not_locked", reason="the catalog is not in PostgreSQL", holder=holder)
        yield
        return
    with catalog.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # the lock ends with this connection, so the pool must not get it back
        _take(connection, catalog.name, holder)
        yield


def _take(connection: Connection, catalog: str, holder: str) -> None:
    connection.execute(text("select set_config('application_name', :name, false)"), {"name": holder[:NAME_LENGTH]})
    lock = {"lake": LAKE, "catalog": catalog}
    if connection.execute(_TAKE, lock).scalar_one():
        return
    found = connection.execute(_HOLDER, lock).first()
    who = f"{found.application_name} has been at work since {found.backend_start:%Y-%m-%d %H:%M:%S %Z}" if found else ""
    raise LakeBusyError(f"another job changes silver and gold: {who or 'it has just ended'}. Run this again after it.")
