"""The lock of silver and gold, in a real PostgreSQL."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from engines import LakeEngine, wait_until
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy import text

from jobs.runtime.lake_lock import LakeBusyError, LakeLock, LakeLockLostError, locked_lake

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
HOLD = """
import sys, time
from pyiceberg.catalog.sql import SqlCatalog
from jobs.runtime.lake_lock import locked_lake
with locked_lake(SqlCatalog(sys.argv[1], uri=sys.argv[2], warehouse="s3://nowhere"), "nightly of 2026-11-20"):
    print("held", flush=True)
    time.sleep(600)
"""


BUSY = r"nightly of 2026-11-20, run 5 has been at work since 20\d\d-"


def test_a_second_job_is_told_who_is_at_work(iceberg_catalog: Callable[[], Catalog]) -> None:
    first, second = iceberg_catalog(), iceberg_catalog()
    with locked_lake(first, "nightly of 2026-11-20, run 5"):
        with pytest.raises(LakeBusyError, match=BUSY), locked_lake(second, "erasure of a person"):
            pass
        with pytest.raises(LakeBusyError, match=BUSY), locked_lake(first, "another of the same process"):
            pass
    with locked_lake(second, "erasure of a person"):
        pass


def test_a_job_that_ends_with_an_error_gives_the_lock_back(iceberg_catalog: Callable[[], Catalog]) -> None:
    with pytest.raises(ZeroDivisionError), locked_lake(iceberg_catalog(), "one that fails"):
        raise ZeroDivisionError
    with locked_lake(iceberg_catalog(), "the next"):
        pass


def end_session_of(lock: LakeLock, catalog: Catalog) -> None:
    """What an administrator, a fail-over or a firewall does to a session."""
    assert lock.session is not None
    assert isinstance(catalog, SqlCatalog)
    pid = lock.session.execute(text("select pg_backend_pid()")).scalar_one()
    with catalog.engine.connect() as connection:
        assert connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid}).scalar_one()


def test_a_job_whose_session_was_ended_is_told_so_whenever_it_asks(iceberg_catalog: Callable[[], Catalog]) -> None:
    first, second = iceberg_catalog(), iceberg_catalog()
    with locked_lake(first, "nightly of 2026-11-20, run 5") as lock:
        lock.require_held()
        end_session_of(lock, second)
        with pytest.raises(LakeLockLostError, match="Run this again"):
            lock.require_held()
        with locked_lake(second, "erasure of a person") as theirs:
            theirs.require_held()
            with pytest.raises(LakeLockLostError, match="Run this again"):
                lock.require_held()


def test_the_silent_session_of_a_lock_outlives_the_patience_of_the_server(
    lake: LakeEngine, iceberg_catalog: Callable[[], Catalog]
) -> None:
    catalog = iceberg_catalog()
    assert isinstance(catalog, SqlCatalog)
    name = lake.catalog().database
    with catalog.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'alter database "{name}" set idle_session_timeout = 200'))
    try:
        with locked_lake(iceberg_catalog(), "nightly of 2026-11-20, run 5") as lock:
            time.sleep(1)
            lock.require_held()
            assert lock.session is not None
            assert lock.session.execute(text("show tcp_keepalives_idle")).scalar_one() == "60"
    finally:
        with catalog.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'alter database "{name}" reset idle_session_timeout'))


def test_a_job_that_is_killed_gives_the_lock_back(lake: LakeEngine, iceberg_catalog: Callable[[], Catalog]) -> None:
    place, environ, catalog = lake.catalog(), lake.environ(), iceberg_catalog()
    login = f"{environ['CATALOG_USERNAME']}:{environ['CATALOG_PASSWORD']}@{place.host}:{place.port}"
    argv = [sys.executable, "-c", HOLD, place.name, f"postgresql+psycopg2://{login}/{place.database}"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LakeBusyError, match="nightly of 2026-11-20"), locked_lake(catalog, "second"):
            pass
        holder.kill()

    def is_free() -> bool:
        try:
            with locked_lake(catalog, "second"):
                return True
        except LakeBusyError:
            return False

    wait_until(is_free, "the lock of a dead process")
