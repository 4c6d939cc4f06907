"""Measures the CRM's ingestor on a table of 200,000 rows and on one of ten times as many.

`python -m benchmarks.crm_ingest.run [ROWS]` writes result.json. Each run is a process as in production: the first load,
a run without a change, and one after a hundredth of the rows changed. A run counts only if bronze then has as many
entries as rows were written in the source.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg2
from engines import LakeEngine, running, start_services
from pyiceberg.catalog import Catalog

from benchmarks.arguments import asked_count
from benchmarks.machine import machine
from contracts import environment
from contracts.batch_settings import CrmIngestSettings, PostgresConnection
from contracts.batch_tables import BATCH_TABLES, CRM_CUSTOMERS
from jobs.crm_simulator.database import create_tables
from jobs.runtime.iceberg import open_catalog
from local.artefacts.versions import REPOSITORY
from local.cluster.local_cluster import LocalCluster
from local.services.crm import CRM_DATABASE
from local.state.paths import StateDirectory
from local.supervisor.loopback import LOOPBACK

ROWS = 200_000
GROWTH = 10
CHANGED_SHARE = 0.01
RESULT_FILE = Path(__file__).parent / "result.json"
_FILL = """
insert into crm.customers
select 'CUST-' || lpad(n::text, 9, '0'), 'Ada Person ' || n, 'ada.' || n || '@example.com', (12000000000 + n)::text,
    n %% 9999 || ' Alder Street', 'Seattle', 'pacific_northwest', lpad((n %% 99999)::text, 5, '0'), 1940 + n %% 65,
    'consumer', timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01' + n * interval '1 second'
from generate_series(1, %s) as numbers (n)
"""


@dataclass(frozen=True)
class Run:
    """One process of the ingestor."""

    seconds: float
    peak_rss_mebibytes: float


class IngestorBench:
    """A CRM with one large table, the lake beside it, and the ingestor between them."""

    def __init__(self, lake: LakeEngine, folder: Path) -> None:
        postgres, on = lake.cluster.services.postgres, lake.cluster.machine
        postgres.create_database(on, CRM_DATABASE)
        self._user, self._password = postgres.credentials(on, CRM_DATABASE)
        self._place = PostgresConnection(host=LOOPBACK, port=postgres.port(on), database=CRM_DATABASE)
        self._settings = folder / "settings.json"
        loaded = CrmIngestSettings(database=self._place, s3=lake.s3("crm"), catalog=lake.catalog())
        self._settings.write_text(loaded.model_dump_json())
        self._environ = lake.environ()
        self.catalog: Catalog = open_catalog(loaded.catalog, loaded.s3, self._environ)

    def sql(self, statement: str, *values: object) -> None:
        """Run a statement in the CRM."""
        place = self._place
        connection = psycopg2.connect(
            host=place.host, port=place.port, dbname=place.database, user=self._user, password=self._password
        )
        create_tables(connection)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze crm.customers")
        connection.close()

    def forget(self) -> None:
        """Empty the table in the CRM, and drop what was copied."""
        self.sql("truncate crm.customers cascade")
        for table in BATCH_TABLES:
            if self.catalog.table_exists(table.identifier):
                self.catalog.drop_table(table.identifier)

    def run(self, expected_entries: int) -> Run:
        """Run the ingestor, and check what bronze holds afterwards."""
        environ = os.environ | self._environ
        environ |= {environment.CRM_USERNAME: self._user, environment.CRM_PASSWORD: self._password}
        command = [sys.executable, "-m", "jobs.crm_batch_ingestor", "--settings", str(self._settings)]
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environ, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        assert os.waitstatus_to_exitcode(status) == 0
        snapshot = self.catalog.load_table(CRM_CUSTOMERS.identifier).current_snapshot()
        assert snapshot is not None and snapshot.summary is not None
        assert int(snapshot.summary.additional_properties["total-records"]) == expected_entries
        return Run(seconds, usage.ru_maxrss / 1024)


def measure(bench: IngestorBench, rows: int) -> dict[str, Any]:
    """All three runs on a table of that size."""
    bench.forget()
    bench.sql(_FILL, rows)
    changed = round(rows * CHANGED_SHARE)
    runs = {"first_load": bench.run(rows), "nothing_changed": bench.run(rows)}
    bench.sql("update crm.customers set city = 'Portland' where right(customer_id, 9)::int <= %s", changed)
    runs["one_percent_changed"] = bench.run(rows + changed)
    return {name: _figures(run, rows) for name, run in runs.items()}


def _figures(run: Run, rows: int) -> Mapping[str, float]:
    return {
        "seconds": round(run.seconds, 2),
        "source_rows_per_second": round(rows / run.seconds),
        "peak_rss_mebibytes": round(run.peak_rss_mebibytes),
    }


def main() -> None:
    rows = asked_count(__doc__, "rows", ROWS)
    with tempfile.TemporaryDirectory(prefix="telecom-crm-ingest-") as folder:
        Path(folder).chmod(0o755)
        with running(LocalCluster(StateDirectory.open(Path(folder) / "state"))) as cluster:
            start_services(cluster, "minio", "postgres")
            bench = IngestorBench(LakeEngine(cluster), Path(folder))
            sizes = {size: measure(bench, size) for size in (rows, rows * GROWTH)}
    result = {
        "by_rows_of_the_source": {str(size): figures for size, figures in sizes.items()},
        "load_average_at_the_end": round(os.getloadavg()[0], 1),
        "machine": machine(),
        "versions": {name: version(name) for name in ("duckdb", "pyiceberg", "pyarrow")},
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    RESULT_FILE.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
