"""Who sees what, asked as each user: what they are there for, then every way around it that is known."""

from collections.abc import Callable, Iterator

import pytest
from engines import LakeEngine
from trino.exceptions import TrinoUserError
from warehouse import Warehouse

from jobs.runtime.trino import TrinoSql
from local.services.trino_logins import TrinoUser
from telecom.access.query import ask
from telecom.access.trino_login import QueryError

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
ANALYST, STEWARD = TrinoUser.ANALYST, TrinoUser.STEWARD
PEOPLE = (ANALYST, STEWARD)
CUSTOMER = (
    "select full_name, email, msisdn, birth_year from silver.silver_customers where customer_id = 'CUST-00000030'"
)
A_CALL = "select msisdn, called_msisdn, imsi, imei from silver.silver_calls order by event_id limit 1"
CLOSED_TO_ALL = ("bronze.call_events", "bronze.crm_customers", "vault.pii_keys", "gold.fact_calls")
CLOSED_TO_ANALYSTS = (
    "silver.silver_customers",
    "silver.silver_network_probes",
    "audit.gate_results",
    "audit.publications",
)
# Iceberg's own tables show bounds of columns, names and numbers among them, and what refused runs left.
METADATA = ("files", "all_entries", "partitions", "history", "snapshots", "refs", "properties")
Asking = Callable[[TrinoUser], TrinoSql]


@pytest.fixture(scope="module")
def asking_as(warehouse: Warehouse, lake: LakeEngine) -> Iterator[Asking]:
    """One connection for each user; nothing is in the lake before the warehouse is."""
    opened: dict[TrinoUser, TrinoSql] = {}

    def connect(user: TrinoUser) -> TrinoSql:
        if user not in opened:
            login = lake.trino(user)
            opened[user] = TrinoSql(login.connection, login.credentials)
        return opened[user]

    yield connect
    for connection in opened.values():
        connection.close()


def is_refused(sql: TrinoSql, statement: str) -> None:
    with pytest.raises(TrinoUserError, match="Access Denied"):
        sql.run(statement)


PERSON_TO_EVENTS = (
    # By token, by the published customer, and by the event that both have.
    "select count(*) as n from silver.silver_customers as person"
    " join silver.silver_calls as call on call.subscriber_token = person.subscriber_token",
    "select count(*) as n from silver.silver_customers as person"
    " join published.fact_calls as call on call.customer_id = person.customer_id",
    "select count(*) as n from silver.silver_calls as call"
    " join published.fact_calls as fact on fact.call_id = call.event_id"
    " join published.dim_customers as version on version.customer_key = fact.customer_key"
    " join silver.silver_customers as person on person.customer_id = version.customer_id",
    "select count(*) as n from silver.silver_calls as call"
    " join published.dim_number_owners as owner on owner.subscriber_token = call.subscriber_token",
    "select count(*) as n from silver.silver_customers as person"
    " join published.agg_subscriber_daily_usage as usage on usage.customer_id = person.customer_id",
)


def test_a_steward_sees_the_person(warehouse: Warehouse, asking_as: Asking) -> None:
    assert asking_as(STEWARD).rows(CUSTOMER) == warehouse.rows(CUSTOMER)


def test_a_steward_sees_masks_in_what_persons_did(warehouse: Warehouse, asking_as: Asking) -> None:
    (call,), (masked,) = warehouse.rows(A_CALL), asking_as(STEWARD).rows(A_CALL)
    assert masked == {
        "msisdn": f"***{call['msisdn'][-2:]}",
        "called_msisdn": f"***{call['called_msisdn'][-2:]}",
        "imsi": "***",
        "imei": f"{call['imei'][:8]}*******",
    }


@pytest.mark.parametrize("statement", PERSON_TO_EVENTS)
def test_no_key_leads_a_steward_from_a_person_to_what_they_did(
    warehouse: Warehouse, asking_as: Asking, statement: str
) -> None:
    assert warehouse.value(statement) > 0
    assert asking_as(STEWARD).rows(statement) == [{"n": 0}]


@pytest.mark.parametrize("table", ["silver.silver_calls__dbt_tmp", "published.fact_calls__dbt_tmp"])
@pytest.mark.parametrize("user", PEOPLE)
def test_what_dbt_builds_under_another_name_is_closed(
    warehouse: Warehouse, asking_as: Asking, user: TrinoUser, table: str
) -> None:
    built_of = table.removesuffix("__dbt_tmp")
    warehouse.sql.run(f"create or replace view {table} as select * from {built_of}")
    try:
        is_refused(asking_as(user), f"select * from {table} limit 1")
    finally:
        warehouse.sql.run(f"drop view {table}")


def test_a_steward_reads_what_the_gates_said(asking_as: Asking) -> None:
    assert asking_as(STEWARD).rows("select gate from audit.gate_results limit 1")


@pytest.mark.parametrize("user", PEOPLE)
def test_published_numbers_are_open_and_cannot_be_changed(asking_as: Asking, user: TrinoUser) -> None:
    sql = asking_as(user)
    assert sql.rows("select count(*) as n from published.fact_calls")[0]["n"] > 0
    for statement in (
        "drop view published.fact_calls",
        "create or replace view published.fact_calls as select 1 as one",
        "create table published.mine as select 1 as one",
        "comment on view published.fact_calls is 'mine'",
    ):
        is_refused(sql, statement)


def test_an_analyst_can_read_all_that_is_published(asking_as: Asking) -> None:
    analyst = asking_as(ANALYST)
    names = {row["Table"] for row in analyst.rows("show tables from published")}
    assert {"dim_customers", "fact_calls", "fraud_alerts_recent", "tower_load_live"} <= names
    for name in names:
        # Live views read raw data, which is closed to analysts, with the rights of the jobs.
        analyst.run(f"select * from published.{name} limit 1")


def test_an_analyst_finds_only_what_is_published(asking_as: Asking) -> None:
    analyst = asking_as(ANALYST)
    assert analyst.rows("show catalogs") == [{"Catalog": "lakehouse"}, {"Catalog": "system"}]
    assert analyst.rows("show schemas") == [{"Schema": "published"}]
    for place, schema in (
        ("lakehouse.information_schema.columns", "table_schema"),
        ("system.jdbc.tables", "table_schem"),
    ):
        found = {row[schema] for row in analyst.rows(f"select distinct {schema} from {place}")}
        assert found - {"jdbc"} == {"published", "information_schema"}


@pytest.mark.parametrize("table", CLOSED_TO_ALL)
@pytest.mark.parametrize("user", PEOPLE)
def test_raw_data_keys_and_unpublished_numbers_are_closed(asking_as: Asking, user: TrinoUser, table: str) -> None:
    for catalog in ("lakehouse", "iceberg"):
        is_refused(asking_as(user), f"select * from {catalog}.{table} limit 1")
    is_refused(asking_as(user), f"explain analyze select * from {table}")
    is_refused(asking_as(user), f"show stats for {table}")


def test_who_is_refused_is_told_how_to_go_on(asking_as: Asking, lake: LakeEngine) -> None:
    asking_as(ANALYST)
    with pytest.raises(QueryError, match=r"Access Denied.*another user with --user"):
        ask(lake.trino(ANALYST), "select count(*) from gold.fact_calls")


@pytest.mark.parametrize("table", CLOSED_TO_ANALYSTS)
def test_silver_and_audit_are_closed_to_analysts(asking_as: Asking, table: str) -> None:
    is_refused(asking_as(ANALYST), f"select * from {table} limit 1")
    is_refused(asking_as(ANALYST), f"describe {table}")


@pytest.mark.parametrize("kind", METADATA)
@pytest.mark.parametrize("user", PEOPLE)
def test_metadata_of_tables_is_closed(asking_as: Asking, user: TrinoUser, kind: str) -> None:
    for table in ("silver.silver_customers", "silver.silver_calls", "gold.fact_calls"):
        schema, name = table.split(".")
        is_refused(asking_as(user), f'select * from {schema}."{name}${kind}" limit 1')


@pytest.mark.parametrize("user", PEOPLE)
def test_nobody_but_the_jobs_maintains_tables(warehouse: Warehouse, asking_as: Asking, user: TrinoUser) -> None:
    before = warehouse.snapshots("gold") | warehouse.snapshots("silver")
    oldest = warehouse.value('select min_by(snapshot_id, committed_at) from gold."fact_calls$snapshots"')
    for table in ("gold.fact_calls", "silver.silver_network_probes", "published.fact_calls"):
        for catalog in ("lakehouse", "iceberg"):
            for procedure in (
                "optimize",
                "expire_snapshots(retention_threshold => '7d')",
                "remove_orphan_files(retention_threshold => '7d')",
                f"rollback_to_snapshot({oldest})",
            ):
                with pytest.raises(TrinoUserError):  # a view has no procedures, which Trino says first
                    asking_as(user).run(f"alter table {catalog}.{table} execute {procedure}")
    assert warehouse.snapshots("gold") | warehouse.snapshots("silver") == before


@pytest.mark.parametrize(
    "statement",
    [
        "call iceberg.system.unregister_table('gold', 'fact_calls')",
        "call system.runtime.kill_query('20260101_000000_00000_aaaaa', 'mine')",
        "select * from table(lakehouse.system.table_changes('silver', 'silver_customers', 1, 2))",
        "set session query_max_run_time = '1d'",
        "set session lakehouse.expire_snapshots_min_retention = '0s'",
        "set session authorization 'transformer'",
        "grant select on lakehouse.gold.fact_calls to analyst",
        "create schema lakehouse.mine",
        "select * from system.metadata.table_comments",
        "select * from system.runtime.queries",
        "select * from system.runtime.tasks",
    ],
)
@pytest.mark.parametrize("user", PEOPLE)
def test_what_would_lead_around_the_rules_is_closed(asking_as: Asking, user: TrinoUser, statement: str) -> None:
    is_refused(asking_as(user), statement)
