"""One warehouse for all tests of this folder: filled once, run once."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import LakeEngine, start_services
from warehouse import Warehouse, open_warehouse

from contracts import environment
from local.services.postgres import Postgres

CRM_DATABASE = "lakehouse_crm"


@pytest.fixture(scope="session")
def warehouse(lake: LakeEngine, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Three days of events and eleven weeks of CRM, after a first nightly run."""
    machine = lake.cluster.machine
    start_services(lake.cluster, "trino")
    postgres.create_database(machine, CRM_DATABASE)
    user, password = postgres.credentials(machine, CRM_DATABASE)
    built = open_warehouse(
        trino_port=lake.cluster.services.trino.port(machine),
        catalog=lake.catalog(),
        s3=lake.s3("lakehouse"),
        environ=lake.environ() | {environment.PII_TOKEN_KEY: secrets.token_hex(32), environment.PII_TOKEN_KEY_ID: "k1"},
        crm_dsn=f"host=127.0.0.1 port={postgres.port(machine)} dbname={CRM_DATABASE} user={user} password={password}",
        folder=Path(tmp_path_factory.mktemp("dbt")),
    )
    built.first_report = built.nightly()
    yield built
    built.sql.close()
