"""Trino's catalog `crm`: read-only, for stewards, and of it only what is named."""

import datetime as dt
from contextlib import closing

import psycopg2
import pytest
from engines import LakeEngine, start_services
from psycopg2.extensions import connection as Connection
from trino.exceptions import TrinoUserError

from jobs.crm_simulator.database import create_tables
from jobs.crm_simulator.inventory import build_inventory
from jobs.runtime.trino import TrinoSql
from local.services.crm import CRM_DATABASE, CRM_READER, CRM_READER_RIGHTS
from local.services.trino_logins import TrinoUser

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
COUNT_TOWERS = "select count(*) as n from crm.network.towers"


def connect(lake: LakeEngine, role: str) -> Connection:
    """A connection to the CRM's database."""
    machine, postgres = lake.cluster.machine, lake.cluster.services.postgres
    user, password = postgres.credentials(machine, role)
    return psycopg2.connect(
        host="127.0.0.1", port=postgres.port(machine), dbname=CRM_DATABASE, user=user, password=password
    )


@pytest.fixture(scope="module")
def crm(lake: LakeEngine) -> LakeEngine:
    """A CRM with nobody in it, an inventory of two towers, and a table that came later and nobody has named."""
    start_services(lake.cluster, "trino")
    machine, postgres = lake.cluster.machine, lake.cluster.services.postgres
    postgres.create_database(machine, CRM_DATABASE)
    with closing(connect(lake, CRM_DATABASE)) as connection:
        create_tables(connection)
        build_inventory(connection, 2, dt.datetime.now(dt.UTC))
    postgres.create_reader(machine, CRM_DATABASE, CRM_READER, CRM_READER_RIGHTS.read_text())
    with closing(connect(lake, CRM_DATABASE)) as owner, owner, owner.cursor() as cursor:
        cursor.execute("create table if not exists crm.notes (note_id text primary key)")
    return lake


def asking_as(user: TrinoUser, lake: LakeEngine) -> closing[TrinoSql]:
    """A connection to Trino as a user."""
    login = lake.trino(user)
    return closing(TrinoSql(login.connection, login.credentials))


def test_a_steward_reads_it_and_cannot_change_it(crm: LakeEngine) -> None:
    with asking_as(TrinoUser.STEWARD, crm) as sql:
        assert sql.rows(COUNT_TOWERS) == [{"n": 2}]
        assert sql.rows("select count(*) as n from crm.crm.customers") == [{"n": 0}]
        with pytest.raises(TrinoUserError, match="Access Denied"):
            sql.run("delete from crm.network.towers where true")


@pytest.mark.parametrize("user", [TrinoUser.ANALYST, TrinoUser.TRANSFORMER])
def test_nobody_else_reads_it(crm: LakeEngine, user: TrinoUser) -> None:
    with asking_as(user, crm) as sql, pytest.raises(TrinoUserError, match="Access Denied"):
        sql.rows(COUNT_TOWERS)


@pytest.mark.parametrize(
    "statement",
    ["delete from network.towers", "create table crm.mine (n int)", "select * from crm.notes"],
)
def test_the_user_of_the_catalog_can_only_read(crm: LakeEngine, statement: str) -> None:
    with closing(connect(crm, CRM_READER)) as connection, connection.cursor() as cursor:
        # Whoever gets hold of its password could set this as well.
        cursor.execute("set transaction read write")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement)


def test_a_table_that_nobody_has_named_is_closed(crm: LakeEngine) -> None:
    with asking_as(TrinoUser.STEWARD, crm) as sql:
        assert {row["Table"] for row in sql.rows("show tables from crm.crm")} == {
            "accounts",
            "consents",
            "customers",
            "plans",
        }
        with pytest.raises(TrinoUserError, match="Access Denied"):
            sql.rows("select count(*) as n from crm.crm.notes")
