"""The lock of silver and gold, in a real PostgreSQL."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from engines import LakeEngine, wait_until
from pyiceberg.catalog import Catalog

from jobs.runtime.lake_lock import LakeBusyError, locked_lake

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
