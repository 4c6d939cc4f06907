"""Scores into gold, and from gold back into the CRM (reverse ETL)."""

import datetime as dt

import pyarrow as pa
from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values
from pyiceberg.catalog import Catalog
from pyiceberg.expressions import EqualTo

from jobs.churn.model import Churn
from jobs.runtime.iceberg import load_or_create

SCORES = ("gold", "customer_churn_scores")
FEATURES = ("gold", "customer_churn_features")
_SCHEMA = pa.schema(
    [
        ("scored_on", pa.date32()),
        ("customer_id", pa.string()),
        ("churn_score", pa.float64()),
        ("churn_segment", pa.string()),
        ("model_auc", pa.float64()),
        ("scored_at", pa.timestamp("us", tz="UTC")),
    ]
)
_CRM_TABLE = """
create table if not exists crm.churn_scores (
    customer_id text primary key,
    churn_score double precision not null,
    churn_segment text not null,
    scored_on date not null,
    updated_at timestamptz not null default clock_timestamp()
)
"""


def load_features(catalog: Catalog) -> pa.Table:
    """All features."""
    return catalog.load_table(FEATURES).scan().to_arrow()


def write_scores(catalog: Catalog, churn: Churn, at: dt.datetime) -> None:
    """Replace the scores of `churn.scored_on`, in one commit; those of other days stay."""
    table = load_or_create(catalog, SCORES, _SCHEMA)
    rows = pa.table(
        {
            "scored_on": pa.array([churn.scored_on] * len(churn.customer_ids), pa.date32()),
            "customer_id": list(churn.customer_ids),
            "churn_score": churn.scores,
            "churn_segment": churn.segments,
            "model_auc": [churn.auc] * len(churn.customer_ids),
            "scored_at": pa.array([at] * len(churn.customer_ids), pa.timestamp("us", tz="UTC")),
        },
        schema=_SCHEMA,
    )
    same_day = EqualTo(term="scored_on", value=churn.scored_on.isoformat())
    with table.transaction() as transaction:
        if table.scan(same_day, ("scored_on",), limit=1).to_arrow().num_rows:
            transaction.delete(same_day)
        transaction.append(rows)


def upsert_into_crm(connection: Connection, churn: Churn) -> int:
    """Give the CRM every score that is new or newer; return how many rows changed. The same scores again change none.

    A score of an older day never replaces one of a newer day.
    """
    rows = [
        (customer, float(score), segment, churn.scored_on)
        for customer, score, segment in zip(churn.customer_ids, churn.scores, churn.segments, strict=True)
    ]
    with connection, connection.cursor() as cursor:
        cursor.execute(_CRM_TABLE)
        changed = execute_values(
            cursor,
            "insert into crm.churn_scores as existing (customer_id, churn_score, churn_segment, scored_on) values %s"
            " on conflict (customer_id) do update set churn_score = excluded.churn_score,"
            " churn_segment = excluded.churn_segment, scored_on = excluded.scored_on, updated_at = clock_timestamp()"
            " where existing.scored_on <= excluded.scored_on and (existing.churn_score, existing.churn_segment,"
            " existing.scored_on) is distinct from (excluded.churn_score, excluded.churn_segment, excluded.scored_on)"
            " returning existing.customer_id",
            rows,
            page_size=1000,
            fetch=True,
        )
    return len(changed)
