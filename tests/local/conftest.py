"""Engines shared by all tests of a session: each is started when a test first asks for it, all stop at the end."""

import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import boto3
import pytest
import trino.dbapi
from crm_extract import Extract, copied, open_extract
from engines import KafkaEngine, LakeEngine, running, start_kafka, start_services
from mypy_boto3_s3 import S3Client
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog

from jobs.runtime.trino import open_trino
from local.cluster.local_cluster import LocalCluster
from local.services.minio import REGION
from local.services.postgres import Postgres
from local.state.paths import StateDirectory


def pytest_configure() -> None:
    """A terminated session, too, stops its engines: SIGTERM becomes an interrupt, which tears fixtures down."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def local_cluster() -> Iterator[LocalCluster]:
    """A LocalCluster in a folder of its own, its loop running; nothing is started yet."""
    # Not below pytest's own folder: PostgreSQL runs as `nobody` for root, who may not enter that.
    root = Path(tempfile.mkdtemp(prefix="telecom-local-"))
    try:
        with running(LocalCluster(StateDirectory.open(root))) as cluster:
            yield cluster
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka(local_cluster: LocalCluster) -> KafkaEngine:
    """Kafka with SCRAM, TLS and ACLs."""
    return start_kafka(local_cluster)


@pytest.fixture(scope="session")
def minio(local_cluster: LocalCluster) -> LakeEngine:
    """Object storage."""
    start_services(local_cluster, "minio")
    return LakeEngine(local_cluster)


@pytest.fixture(scope="session")
def postgres(local_cluster: LocalCluster) -> Postgres:
    """PostgreSQL; `create_database` makes one of the caller's own."""
    start_services(local_cluster, "postgres")
    return local_cluster.services.postgres


@pytest.fixture(scope="session")
def lake(local_cluster: LocalCluster) -> LakeEngine:
    """Object storage and catalog."""
    start_services(local_cluster, "minio", "postgres")
    return LakeEngine(local_cluster)


@pytest.fixture
def trino_cursor(local_cluster: LocalCluster) -> Iterator[trino.dbapi.Cursor]:
    """Cursor on Trino's Iceberg catalog."""
    start_services(local_cluster, "minio", "postgres", "trino")
    login = LakeEngine(local_cluster).trino()
    with closing(open_trino(login.connection, login.credentials)) as connection:
        yield connection.cursor()


@pytest.fixture(scope="session")
def s3(minio: LakeEngine) -> S3Client:
    """boto3 client with the key that pipelines use."""
    machine, service = minio.cluster.machine, minio.cluster.services.minio
    key_id, key = service.credentials(machine)
    return boto3.client(
        "s3",
        endpoint_url=service.endpoint(machine),
        region_name=REGION,
        aws_access_key_id=key_id,
        aws_secret_access_key=key,
    )


@pytest.fixture
def unique_name() -> str:
    """A name that no other test uses, good for topics, users, namespaces and prefixes."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def iceberg_catalog(lake: LakeEngine, unique_name: str) -> Iterator[Callable[[], Catalog]]:
    """Makes pyiceberg catalogs over the shared tables; warehouse below a prefix of this test's own."""
    opened: list[SqlCatalog] = []

    def open_catalog() -> Catalog:
        opened.append(_sql_catalog(lake, unique_name))
        return opened[-1]

    yield open_catalog
    for catalog in opened:
        catalog.close()


def _sql_catalog(lake: LakeEngine, prefix: str) -> SqlCatalog:
    place, storage, environ = lake.catalog(), lake.s3(prefix), lake.environ()
    user, password = environ["CATALOG_USERNAME"], environ["CATALOG_PASSWORD"]
    return SqlCatalog(
        place.name,
        **{
            "uri": f"postgresql+psycopg2://{user}:{password}@{place.host}:{place.port}/{place.database}",
            "warehouse": storage.warehouse,
            "s3.endpoint": storage.endpoint,
            "s3.region": storage.region,
            "s3.access-key-id": environ["S3_ACCESS_KEY_ID"],
            "s3.secret-access-key": environ["S3_SECRET_ACCESS_KEY"],
        },
    )


@pytest.fixture
def empty_extract(lake: LakeEngine, iceberg_catalog: Callable[[], Catalog], unique_name: str) -> Extract:
    """A CRM without a row, never copied."""
    return open_extract(lake, iceberg_catalog(), unique_name)


@pytest.fixture
def whole_extract(empty_extract: Extract) -> Iterator[Extract]:
    """A CRM of forty customers, copied once with all its tables."""
    yield from copied(empty_extract)


@pytest.fixture
def extract(empty_extract: Extract) -> Iterator[Extract]:
    """The same, of which only the table of customers is copied."""
    yield from copied(empty_extract.only("crm_customers"))
