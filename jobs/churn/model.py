"""The churn model: learns from a bounded sample, scores batch by batch. Pure: features in, scores out."""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

NUMBERS = (
    "monthly_fee_usd",
    "tenure_days",
    "change_count",
    "calls_recent",
    "calls_before",
    "data_bytes_recent",
    "dropped_calls",
    "invoice_count",
    "invoices_paid_late",
    "invoices_overdue",
    "mean_invoice_usd",
)
# Twelve doubles a row: 50 MB. A linear model learns no more from further rows.
MAX_TRAINING_ROWS = 500_000
# Where each segment ends, as a share of the customers, the most likely to leave first.
SEGMENTS = ((0.1, "at_risk"), (0.3, "watch"), (1.0, "loyal"))


class BrokenFeaturesError(Exception):
    """A feature is missing or not a finite number."""


Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ChurnModel:
    """A trained model."""

    pipeline: Pipeline

    def scores(self, features: pa.RecordBatch) -> Floats:
        """Probability to leave within the horizon, for each row."""
        if not features.num_rows:
            return np.empty(0)
        scores: Floats = self.pipeline.predict_proba(_matrix(features))[:, 1]
        return scores

    def auc(self, batches: Iterable[pa.RecordBatch], label: str) -> float:
        """How well it tells leavers from others in rows that it has not seen; it holds nine bytes for each row."""
        judged = [(self.scores(batch), _labels(batch, label)) for batch in _labelled(batches, label)]
        scores, labels = (np.concatenate(part) for part in zip(*judged, strict=True))
        return float(roc_auc_score(labels, scores))


def train(batches: Iterable[pa.RecordBatch], label: str, customer: str, row_count: int, seed: int) -> ChurnModel:
    """Learn from `row_count` labelled rows, or from a sample of `MAX_TRAINING_ROWS` of them.

    The sample is one of customers: with all their feature dates, and the same ones whatever the order of the rows.
    """
    share = min(1.0, MAX_TRAINING_ROWS / max(1, row_count))
    sampled = [_sample(batch, customer, share) for batch in _labelled(batches, label)]
    matrix = np.concatenate([_matrix(batch) for batch in sampled])
    labels = np.concatenate([_labels(batch, label) for batch in sampled])
    # Linear on purpose: a call centre can be told which feature accounts for a score.
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, random_state=seed))
    return ChurnModel(pipeline.fit(matrix, labels))


def segments(scores: Floats) -> list[str]:
    """Segment of every customer by rank of the score."""
    rank = np.empty(len(scores))
    rank[np.argsort(-scores, kind="stable")] = (np.arange(len(scores)) + 1) / max(1, len(scores))
    return [next(name for limit, name in SEGMENTS if share <= limit) for share in rank]


def _labelled(batches: Iterable[pa.RecordBatch], label: str) -> Iterable[pa.RecordBatch]:
    return (batch.filter(pc.is_valid(batch.column(label))) for batch in batches)


def _sample(batch: pa.RecordBatch, customer: str, share: float) -> pa.RecordBatch:
    if share >= 1:
        return batch
    limit = share * 2**32
    return batch.filter(pa.array([crc32(key.encode()) < limit for key in batch.column(customer).to_pylist()]))


def _matrix(features: pa.RecordBatch) -> Floats:
    columns = {name: features.column(name).to_numpy(zero_copy_only=False).astype(np.float64) for name in NUMBERS}
    broken = [name for name, values in columns.items() if not np.isfinite(values).all()]
    if broken:
        raise BrokenFeaturesError(
            f"the published features {', '.join(broken)} have values that are missing or not finite; "
            "a nightly run that repairs and publishes them comes first."
        )
    return np.column_stack(list(columns.values()))


def _labels(features: pa.RecordBatch, label: str) -> Flags:
    labels: Flags = features.column(label).to_numpy(zero_copy_only=False).astype(bool)
    return labels
