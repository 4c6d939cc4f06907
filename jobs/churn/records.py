"""What each run measured and whether its scores were shown, as an Iceberg table, `audit.churn_runs`."""

import datetime as dt
import json
from collections.abc import Sequence

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.expressions import EqualTo

from jobs.churn.score_gates import ScoreVerdict, blocking
from jobs.churn.scoring import Scoring
from jobs.runtime.iceberg import load_or_create, with_new_columns

RUNS = ("audit", "churn_runs")
PUBLISHED, REFUSED = "published", "refused"
_SCHEMA = pa.schema(
    [
        ("at", pa.timestamp("us", tz="UTC")),
        ("action", pa.string()),
        ("scored_on", pa.date32()),
        ("judged_on", pa.date32()),
        ("customers", pa.int64()),
        ("auc", pa.float64()),
        ("gates", pa.string()),
        ("snapshot", pa.int64()),
        ("leaving_rate", pa.float64()),
    ]
)


def note_run(
    catalog: Catalog, at: dt.datetime, scoring: Scoring, verdicts: Sequence[ScoreVerdict], snapshot: int | None
) -> None:
    """Append a run; `snapshot` is what readers see since then, None if it was refused."""
    catalog.create_namespace_if_not_exists(RUNS[0])
    row = {
        "at": at,
        "action": REFUSED if blocking(verdicts) else PUBLISHED,
        "scored_on": scoring.scored.scored_on,
        "judged_on": scoring.split.judged_on,
        "customers": len(scoring.scored.scores),
        "auc": scoring.scored.auc,
        "gates": json.dumps({verdict.gate: [verdict.outcome, verdict.evidence] for verdict in verdicts}),
        "snapshot": snapshot,
        "leaving_rate": scoring.split.leaving_rate,
    }
    table = with_new_columns(load_or_create(catalog, RUNS, _SCHEMA), _SCHEMA)
    table.append(pa.Table.from_pylist([row], schema=_SCHEMA))


def leaving_rate_published(catalog: Catalog) -> float | None:
    """Share of customers who left in what the model learned from whose scores readers see; None if that is unknown."""
    try:
        table = catalog.load_table(RUNS)
    except NoSuchTableError:
        return None
    columns = ("at", "leaving_rate")
    if not set(columns) <= set(table.schema().column_names):
        return None
    published = table.scan(EqualTo(term="action", value=PUBLISHED), selected_fields=columns).to_arrow()
    newest = published.sort_by([("at", "descending")]).slice(0, 1).to_pylist()
    return newest[0]["leaving_rate"] if newest else None
