"""Churn scores on a real CRM and real tables: consent, gates, publication, and what the CRM is told."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import numpy as np
import psycopg2
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from engines import LakeEngine
from psycopg2.extensions import connection as Connection
from pyiceberg.catalog import Catalog

from contracts.batch_settings import ChurnGates, ChurnSettings, PostgresConnection, TrinoConnection
from jobs.churn.churn_run import ChurnReport, run_churn
from jobs.churn.features import FEATURES, NothingPublishedError
from jobs.churn.model import NUMBERS
from jobs.churn.publication import SCORES
from jobs.churn.records import RUNS
from jobs.crm_simulator.database import create_tables
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.lake_changes import changing_lake
from jobs.runtime.lake_lock import LakeBusyError, locked_lake
from jobs.runtime.published_tags import PUBLISHED_TAG
from local.services.postgres import Postgres

pytestmark = pytest.mark.engine
CUSTOMERS = 1200
CONSENTING = CUSTOMERS * 2 // 3
NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
TODAY = NOW.date()
DATES = [TODAY - dt.timedelta(days=30 * back) for back in (3, 2, 1, 0)]
PLAN = "insert into crm.plans values ('PLAN-S', 'Starter', 15, 200, 3, '2026-01-01')"
# Every third customer has refused to be profiled; all of them have been asked for marketing too.
CUSTOMER_ROWS = f"""
insert into crm.customers select 'CUST-' || n, 'Ada ' || n, 'ada@example.com', n::text, 'Elm Street', 'Seattle',
    'mountain', '12345', 1980, 'consumer', '2026-01-01', '2026-01-01'
    from generate_series(1, {CUSTOMERS}) as numbers (n);
insert into crm.accounts select 'ACCT-' || n, 'CUST-' || n, 'PLAN-S', 'active', '2026-01-01', null, '2026-01-01'
    from generate_series(1, {CUSTOMERS}) as numbers (n);
insert into crm.consents select 'CUST-' || n || '-' || purpose, 'CUST-' || n, purpose,
    purpose = 'marketing' or n % 3 <> 0, '2026-01-01'
    from generate_series(1, {CUSTOMERS}) as numbers (n)
    cross join (values ('marketing'), ('profiling')) as asked (purpose)
"""


@dataclass
class Desk:
    """A carrier's CRM and the gold tables of its lake."""

    catalog: Catalog
    connect: Callable[[], Connection]
    settings: ChurnSettings
    shown: list[str] = field(default_factory=list)

    def run(
        self, now: dt.datetime = NOW, lake: AbstractContextManager[object] | None = None, **limits: float
    ) -> ChurnReport:
        settings = self.settings.model_copy(update={"gates": ChurnGates.model_validate(limits)})
        connection = self.connect()
        report = run_churn(settings, self.catalog, connection, lake or nullcontext(), self.shown.extend, now)
        connection.close()
        return report

    def sql(self, statement: str) -> None:
        connection = self.connect()
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def in_crm(self) -> dict[str, float]:
        connection = self.connect()
        with connection, connection.cursor() as cursor:
            cursor.execute("select customer_id, churn_score from crm.churn_scores")
            rows = dict(cursor.fetchall())
        connection.close()
        return rows

    def published(self) -> dict[str, float]:
        """What the view shows: the rows of the tag."""
        if not self.catalog.table_exists(SCORES):
            return {}
        table = self.catalog.load_table(SCORES)
        rows = table.scan(snapshot_id=table.metadata.refs[PUBLISHED_TAG].snapshot_id).to_arrow().to_pylist()
        assert len(rows) == len({row["customer_id"] for row in rows})
        return {row["customer_id"]: row["churn_score"] for row in rows}

    def actions(self) -> list[str]:
        rows = self.catalog.load_table(RUNS).scan().to_arrow().sort_by("at").to_pylist()
        return [row["action"] for row in rows]


def features() -> pa.Table:
    random = np.random.default_rng(5)
    parts = []
    for day in DATES:
        late = random.integers(0, 6, CUSTOMERS)
        left = pa.array(random.random(CUSTOMERS) < late / 8) if day < TODAY else pa.nulls(CUSTOMERS, pa.bool_())
        numbers = {name: random.random(CUSTOMERS) for name in NUMBERS} | {"invoices_paid_late": late.astype(float)}
        keys = {"feature_date": [day] * CUSTOMERS, "customer_id": [f"CUST-{n + 1}" for n in range(CUSTOMERS)]}
        parts.append(pa.table(keys | numbers | {"churned": left}))
    return pa.concat_tables(parts)


@pytest.fixture
def desk(lake: LakeEngine, postgres: Postgres, unique_name: str) -> Iterator[Desk]:
    machine = lake.cluster.machine
    postgres.create_database(machine, unique_name)
    user, password = postgres.credentials(machine, unique_name)
    place = PostgresConnection(host="127.0.0.1", port=postgres.port(machine), database=unique_name)
    own = lake.catalog().model_copy(update={"name": unique_name})
    settings = ChurnSettings(
        database=place,
        trino=TrinoConnection(host="unused", port=1),
        s3=lake.s3(unique_name),
        catalog=own,
    )

    def connect() -> Connection:
        return psycopg2.connect(
            host=place.host,
            port=place.port,
            dbname=unique_name,
            user=user,
            password=password,
            options="-c timezone=UTC",
        )

    desk = Desk(open_catalog(own, settings.s3, lake.environ()), connect, settings)
    connection = connect()
    create_tables(connection)
    connection.close()
    desk.sql(PLAN)
    desk.sql(CUSTOMER_ROWS)
    yield desk


@pytest.fixture
def published(desk: Desk) -> Desk:
    """The same after a night has published features, and a later one has built others that were refused."""
    desk.catalog.create_namespace(FEATURES[0])
    good = features()
    table = desk.catalog.create_table(FEATURES, good.schema)
    table.append(good)
    snapshot = table.metadata.current_snapshot_id
    assert snapshot is not None
    table.manage_snapshots().create_tag(snapshot, PUBLISHED_TAG).commit()
    refused = good.set_column(
        good.schema.get_field_index("tenure_days"), "tenure_days", pa.nulls(len(good), pa.float64())
    )
    table.overwrite(refused)
    return desk


def test_before_anything_is_published_there_is_nothing_to_score(desk: Desk) -> None:
    with pytest.raises(NothingPublishedError, match="not published yet"):
        desk.run()


def test_the_published_features_of_consenting_customers_are_scored_and_shown(published: Desk) -> None:
    report = published.run()
    assert report.refused_by == ()
    assert report.scoring.split.trained_on == (DATES[0], DATES[1])
    shown = published.published()
    assert len(shown) == CONSENTING
    assert not any(int(customer.removeprefix("CUST-")) % 3 == 0 for customer in shown)
    assert published.in_crm() == shown
    assert published.shown == ["customer_churn_scores"]
    assert report.crm_rows_changed == CONSENTING
    assert published.run(NOW + dt.timedelta(hours=1)).crm_rows_changed == 0
    assert published.published() == shown


def test_a_withdrawn_consent_takes_the_score_back_even_if_the_new_scores_are_refused(published: Desk) -> None:
    published.run()
    before = published.published()
    published.sql(
        "update crm.consents set is_granted = false, updated_at = '2026-11-20' where consent_id = 'CUST-1-profiling'"
    )
    published.sql("delete from crm.consents where consent_id = 'CUST-2-profiling'")
    refused = published.run(NOW + dt.timedelta(hours=1), min_auc=0.99)
    assert refused.refused_by == ("discrimination",)
    assert refused.withdrawn == 4
    del before["CUST-1"], before["CUST-2"]
    assert published.published() == published.in_crm() == before
    assert published.actions() == ["published", "refused"]


def test_the_newest_decision_counts_and_an_undated_refusal_is_one(published: Desk) -> None:
    published.sql("alter table crm.consents alter column updated_at drop not null")
    published.sql(
        "insert into crm.consents values ('a', 'CUST-3', 'profiling', true, '2026-02-01'),"
        " ('b', 'CUST-4', 'profiling', false, '2025-02-01'), ('c', 'CUST-5', 'profiling', false, null)"
    )
    published.run()
    assert {"CUST-3", "CUST-4"} <= published.published().keys()
    assert "CUST-5" not in published.published()


def test_who_does_not_consent_when_it_runs_is_not_even_learned_from(published: Desk) -> None:
    """Their rows, of a night that knew of a consent, would break whatever reads them."""
    table = published.catalog.load_table(FEATURES)
    rows = table.scan(snapshot_id=table.metadata.refs[PUBLISHED_TAG].snapshot_id).to_arrow()
    refuses = pa.array([int(customer.removeprefix("CUST-")) % 3 == 0 for customer in rows["customer_id"].to_pylist()])
    broken = pc.if_else(refuses, pa.scalar(None, pa.float64()), rows["tenure_days"])
    table.overwrite(rows.set_column(rows.schema.get_field_index("tenure_days"), "tenure_days", broken))
    snapshot = table.metadata.current_snapshot_id
    assert snapshot is not None
    table.manage_snapshots().create_tag(snapshot, PUBLISHED_TAG).commit()
    assert published.run().refused_by == ()
    assert len(published.published()) == CONSENTING


def test_refused_scores_reach_neither_readers_nor_the_crm(published: Desk) -> None:
    report = published.run(min_auc=0.99)
    assert report.refused_by == ("discrimination",)
    assert published.published() == published.in_crm() == {}
    assert published.shown == []
    assert published.actions() == ["refused"]


def test_customers_who_are_not_scored_any_more_lose_their_score(published: Desk) -> None:
    published.run()
    published.sql("insert into crm.churn_scores values ('CUST-GONE', 0.5, 'loyal', '2026-11-19')")
    published.sql("insert into crm.consents values ('gone', 'CUST-1', 'profiling', true, '2026-11-19')")
    published.run(NOW + dt.timedelta(hours=1))
    assert "CUST-GONE" not in published.in_crm()
    assert published.in_crm() == published.published()


def test_while_another_job_holds_the_lake_a_withdrawn_consent_takes_effect_in_the_crm(published: Desk) -> None:
    published.run()
    published.sql("update crm.consents set is_granted = false where consent_id = 'CUST-1-profiling'")
    with locked_lake(published.catalog, "a night"), pytest.raises(LakeBusyError, match="a night"):
        published.run(NOW + dt.timedelta(hours=1), changing_lake(published.catalog, "churn"))
    assert "CUST-1" not in published.in_crm()
    published.run(NOW + dt.timedelta(hours=2), changing_lake(published.catalog, "churn"))
    assert published.in_crm() == published.published()
