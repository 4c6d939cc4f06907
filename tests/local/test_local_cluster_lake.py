"""Object storage, catalog and Trino are one lake: what one engine writes, the other reads."""

from collections.abc import Callable
from pathlib import Path

import psycopg2
import pyarrow as pa
import pytest
import trino.dbapi
from botocore.exceptions import ClientError
from engines import LakeEngine
from mypy_boto3_s3 import S3Client
from pyiceberg.catalog import Catalog

from local.services.minio import BUCKET
from local.services.postgres import Postgres

pytestmark = pytest.mark.engine


def test_pyiceberg_and_trino_share_tables(
    iceberg_catalog: Callable[[], Catalog], trino_cursor: trino.dbapi.Cursor, unique_name: str
) -> None:
    catalog = iceberg_catalog()
    catalog.create_namespace(unique_name)
    written = pa.table({"id": pa.array([1, 2], pa.int64()), "name": ["a", "b"]})
    catalog.create_table((unique_name, "calls"), written.schema).append(written)
    trino_cursor.execute(f"INSERT INTO {unique_name}.calls VALUES (3, 'c')").fetchall()
    rows = trino_cursor.execute(f"SELECT id, name FROM {unique_name}.calls ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [(1, "a"), (2, "b"), (3, "c")]
    assert catalog.load_table((unique_name, "calls")).scan().to_arrow().num_rows == 3


def test_a_view_of_trino_is_no_table_of_pyiceberg(
    iceberg_catalog: Callable[[], Catalog], trino_cursor: trino.dbapi.Cursor, unique_name: str
) -> None:
    trino_cursor.execute(f"CREATE SCHEMA {unique_name}").fetchall()
    trino_cursor.execute(f"CREATE TABLE {unique_name}.t AS SELECT 1 AS id").fetchall()
    trino_cursor.execute(f"CREATE VIEW {unique_name}.v AS SELECT id FROM {unique_name}.t").fetchall()
    assert iceberg_catalog().list_tables(unique_name) == [(unique_name, "t")]
    assert trino_cursor.execute(f"SELECT id FROM {unique_name}.v").fetchall() == [[1]]


def test_the_published_key_may_use_the_bucket_and_nothing_else(s3: S3Client, unique_name: str) -> None:
    s3.put_object(Bucket=BUCKET, Key=unique_name, Body=b"x")
    assert s3.get_object(Bucket=BUCKET, Key=unique_name)["Body"].read() == b"x"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.create_bucket(Bucket=unique_name)


def test_a_database_role_owns_its_database_and_enters_no_other(
    postgres: Postgres, lake: LakeEngine, unique_name: str
) -> None:
    machine = lake.cluster.machine
    postgres.create_database(machine, unique_name)
    postgres.create_database(machine, unique_name)
    user, password = postgres.credentials(machine, unique_name)
    place = lake.catalog()
    login = {"host": place.host, "port": place.port, "user": user, "password": password}
    own = psycopg2.connect(**login, dbname=unique_name)
    with own.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id int)")
    own.close()
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(**login, dbname=place.database)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(**{**login, "password": "wrong"}, dbname=unique_name)


def test_no_password_is_in_an_argument_or_a_log(lake: LakeEngine) -> None:
    state, supervisor = lake.cluster.machine.state, lake.cluster.machine.supervisor
    passwords = [file.read_text() for file in state.secrets.iterdir()]
    logs = [file.read_text(errors="replace") for file in state.logs.iterdir()]
    arguments = [
        Path(f"/proc/{record.pid}/cmdline").read_text() for record in supervisor.records() if record.pid is not None
    ]
    assert passwords and logs and arguments
    assert not [password for password in passwords for text in (*logs, *arguments) if password in text]
