"""A producer's account of what it sent, from which its ledger entries are written."""

import numpy as np

from contracts.ledger import EventCounts, LedgerEntry, PlantedFraud, entries_of
from jobs.producers.traffic.records import Mark, RecordBatch


class Account:
    """Cumulative counts of one run per topic. Take its entries only when the broker has acknowledged what was added."""

    def __init__(self, producer: str, run_id: str) -> None:
        self._producer, self._run_id = producer, run_id
        self._counts: dict[str, EventCounts] = {}
        self._frauds: dict[str, list[PlantedFraud]] = {}

    def add(self, batch: RecordBatch, start: int, end: int, sent_at_ms: int) -> None:
        """Count rows `start` to `end` of a batch, sent at that time, and the frauds that they complete."""
        by_mark = np.bincount(batch.marks[start:end], minlength=len(Mark)).tolist()
        counts = EventCounts(
            produced=end - start,
            malformed=by_mark[Mark.MALFORMED],
            duplicates=by_mark[Mark.DUPLICATE],
            late=by_mark[Mark.LATE],
            out_of_order=by_mark[Mark.OUT_OF_ORDER],
        )
        self._counts[batch.topic] = self._counts.get(batch.topic, EventCounts()) + counts
        completed = [placed.fraud for placed in batch.frauds if start <= placed.last_row < end]
        sent = (fraud.model_copy(update={"sent_at_ms": sent_at_ms}) for fraud in completed)
        self._frauds.setdefault(batch.topic, []).extend(sent)

    def entries(self, is_final: bool = False) -> list[LedgerEntry]:
        """Ledger entries that hold all of it; final ones promise that nothing follows."""
        return [
            entry
            for topic, counts in self._counts.items()
            for entry in entries_of(self._producer, self._run_id, topic, counts, self._frauds[topic], is_final)
        ]

    def produced(self) -> dict[str, int]:
        """Records per topic so far."""
        return {topic: counts.produced for topic, counts in self._counts.items()}
