"""What each run measured and whether its scores were shown, as an Iceberg table, `audit.churn_runs`."""

import datetime as dt
import json
from collections.abc import Sequence

import pyarrow as pa
from pyiceberg.catalog import Catalog

from jobs.churn.score_gates import ScoreVerdict, blocking
from jobs.churn.scoring import Scoring
from jobs.runtime.iceberg import load_or_create

RUNS = ("audit", "churn_runs")
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
    ]
)


def note_run(
    catalog: Catalog, at: dt.datetime, scoring: Scoring, verdicts: Sequence[ScoreVerdict], snapshot: int | None
) -> None:
    """Append a run; `snapshot` is what readers see since then, None if it was refused."""
    catalog.create_namespace_if_not_exists(RUNS[0])
    row = {
        "at": at,
        "action": "refused" if blocking(verdicts) else "published",
        "scored_on": scoring.scored.scored_on,
        "judged_on": scoring.split.judged_on,
        "customers": len(scoring.scored.scores),
        "auc": scoring.scored.auc,
        "gates": json.dumps({verdict.gate: [verdict.passed, verdict.evidence] for verdict in verdicts}),
        "snapshot": snapshot,
    }
    load_or_create(catalog, RUNS, _SCHEMA).append(pa.Table.from_pylist([row], schema=_SCHEMA))
