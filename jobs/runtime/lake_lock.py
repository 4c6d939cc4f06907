"""One job at a time changes silver and gold: a lock in the database of the catalog.

It is an advisory lock of PostgreSQL, which belongs to a session: a job that is killed gives it back with its
connection, so nobody has to guess when a lock is stale, and no clock is compared. It is lost with the connection, too,
while the job goes on; therefore a job asks `require_held` before it acts, and its act requires that the note of its
run is still its own (`unfinished_run.py`). A pooler in front of the database has to leave sessions to their clients
(not `pool_mode=transaction` of PgBouncer).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()
# First of the two numbers of the lock, "lake" in ASCII; the second is made of the catalog's name.
LAKE = 0x6C616B65
# PostgreSQL cuts the name of an application here.
NAME_LENGTH = 63

# The session is silent for the length of a run. The server is not to end it for that, and it is to notice within two
# minutes when the job's machine is gone. A setting that an older server does not have is left out.
_KEEP_SESSION = text(
    "select set_config(name, wanted.setting, false) from pg_settings join (values ('idle_session_timeout', '0'),"
    " ('tcp_keepalives_idle', '60'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '6'))"
    " as wanted (name, setting) using (name)"
)
_NAME_SESSION = text("select set_config('application_name', :name, false)")
_TAKE = text("select pg_try_advisory_lock(:lake, hashtext(:catalog))")
_HELD = (
    "from pg_locks join pg_stat_activity using (pid)"
    " where locktype = 'advisory' and granted and objsubid = 2 and classid = cast(:lake as oid)"
    " and objid = cast(hashtext(:catalog) as oid)"
    " and pg_locks.database = (select oid from pg_database where datname = current_database())"
)
_HOLDER = text(f"select application_name, backend_start {_HELD}")
_IS_MINE = text(f"select exists (select {_HELD} and pid = pg_backend_pid())")


class LakeBusyError(Exception):
    """Another job changes silver and gold, or may do so; the message names it."""


class LakeLockLostError(LakeBusyError):
    """The session that held the lock is gone, so another job may be at work. The caller has to change nothing more."""


@dataclass(frozen=True)
class LakeLock:
    """The lock while it is held; without a session, where the catalog has no such lock."""

    catalog: str
    session: Connection | None = None

    def require_held(self) -> None:
        """Raises `LakeLockLostError` if the database has ended the session since the lock was taken."""
        if self.session is None:
            return
        try:
            # A connection that was lost is opened once more without a word, as another session.
            is_mine = self.session.execute(_IS_MINE, _lock_of(self.catalog)).scalar_one()
        except SQLAlchemyError as error:
            raise _lost(f"the catalog's database does not answer in its session ({type(error).__name__})") from error
        if not is_mine:
            raise _lost("the catalog's database has ended its session")


@contextmanager
def locked_lake(catalog: Catalog, holder: str) -> Iterator[LakeLock]:
    """Hold the lock as `holder`, which others are told. Raises `LakeBusyError` if another job has it.

    A REST catalog has no such lock. There, of two jobs at a time the second takes the first for dead, and the first
    ends with `LostRunError` without having published; whoever schedules jobs has to start one at a time.
    """
    if not isinstance(catalog, SqlCatalog) or catalog.engine.dialect.name != "postgresql":
        log.warning("lake_not_locked", reason="the catalog is not in PostgreSQL", holder=holder)
        yield LakeLock(catalog.name)
        return
    with catalog.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # the lock ends with this connection, so the pool must not get it back
        _take(connection, catalog.name, holder)
        yield LakeLock(catalog.name, connection)


def _take(connection: Connection, catalog: str, holder: str) -> None:
    connection.execute(_NAME_SESSION, {"name": holder[:NAME_LENGTH]})
    connection.execute(_KEEP_SESSION)
    lock = _lock_of(catalog)
    if connection.execute(_TAKE, lock).scalar_one():
        return
    found = connection.execute(_HOLDER, lock).first()
    who = f"{found.application_name} has been at work since {found.backend_start:%Y-%m-%d %H:%M:%S %Z}" if found else ""
    raise LakeBusyError(f"another job changes silver and gold: {who or 'it has just ended'}. Run this again after it.")


def _lock_of(catalog: str) -> dict[str, object]:
    return {"lake": LAKE, "catalog": catalog}


def _lost(reason: str) -> LakeLockLostError:
    return LakeLockLostError(
        f"this job no longer holds the lock on silver and gold, so another may be at work: {reason}. It changes nothing"
        " more; what a run has built is put back by whoever changes the tables next. Run this again."
    )
