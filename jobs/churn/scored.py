"""Customers with their scores, as they are shown and handed on. Pure."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from jobs.churn.model import Floats, segments


@dataclass(frozen=True)
class ScoredCustomers:
    """Scores of one feature date: some thirty bytes a customer. `auc` says how well the model did on the past."""

    scored_on: dt.date
    customers: pa.ChunkedArray
    scores: Floats
    auc: float

    @property
    def segments(self) -> list[str]:
        """Segment of each customer by rank."""
        return segments(self.scores)

    @property
    def distinct_customers(self) -> int:
        """How many of the customers are different ones."""
        return len(self.customers.unique())

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Customer, score, segment and date of each."""
        for customer, score, segment in zip(self.customers, self.scores, self.segments, strict=True):
            yield customer.as_py(), float(score), segment, self.scored_on
