"""The producers' ledger: what was sent, so that every later layer can be counted against it.

A producer process writes *cumulative* entries to the compacted topic `event_ledger`: the newest entry of a key holds
all that this process has done, so entries can be written at any interval and read any number of times.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.events import FraudRule
from contracts.events.field_types import EpochMillis, Msisdn

# About 1.3 kB for an episode of 26 calls, against Kafka's default limit of 1 MiB for a record.
FRAUDS_PER_PAGE = 250


class LedgerDecodeError(ValueError):
    """A record on the ledger topic is not a ledger entry."""


class PlantedFraud(BaseModel):
    """One fraud episode put into the stream on purpose. Listed once all its events are acknowledged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: FraudRule
    msisdn: Msisdn
    event_ids: tuple[str, ...] = Field(description="Events of the episode, in order of event time")
    event_times_ms: tuple[EpochMillis, ...]
    sent_at_ms: EpochMillis | None = Field(
        default=None, description="Wall clock when the last of its events was handed to the Kafka client"
    )


class EventCounts(BaseModel):
    """Records acknowledged by the broker. `produced` counts all of them; the others are subsets and may overlap."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    produced: int = Field(default=0, ge=0)
    malformed: int = Field(default=0, ge=0, description="Values that break the contract: they must end in the DLQ")
    duplicates: int = Field(default=0, ge=0, description="Copies sent again with the same event id")
    late: int = Field(default=0, ge=0, description="Events whose event time is old on purpose")
    out_of_order: int = Field(default=0, ge=0, description="Events shifted a little against their neighbours")

    def __add__(self, other: Self) -> Self:
        theirs = other.model_dump()
        return type(self)(**{name: value + theirs[name] for name, value in self.model_dump().items()})


class LedgerEntry(BaseModel):
    """All that one run of one producer has sent to one topic so far (see `entries_of` for `page`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    producer: str
    run_id: str = Field(description="Unique per process start: a restarted producer opens a new account")
    topic: str
    page: int = Field(
        default=0, ge=0, description="Counts are on page 0; frauds are spread so that a record stays small"
    )
    counts: EventCounts
    frauds: tuple[PlantedFraud, ...] = ()
    is_final: bool = Field(default=False, description="Written at an orderly end: nothing was sent after it")

    @property
    def key(self) -> bytes:
        """Record key: compaction keeps the newest entry of it."""
        return f"{self.producer}/{self.run_id}/{self.topic}/{self.page}".encode()

    def encode(self) -> bytes:
        """Record value."""
        return self.model_dump_json().encode()


def entries_of(
    producer: str,
    run_id: str,
    topic: str,
    counts: EventCounts,
    frauds: Sequence[PlantedFraud],
    is_final: bool = False,
) -> tuple[LedgerEntry, ...]:
    """Entries that hold all of it: the counts once, the frauds in pages."""
    pages = [tuple(frauds[start : start + FRAUDS_PER_PAGE]) for start in range(0, len(frauds), FRAUDS_PER_PAGE)] or [()]
    return tuple(
        LedgerEntry(
            producer=producer,
            run_id=run_id,
            topic=topic,
            page=page,
            counts=counts if page == 0 else EventCounts(),
            frauds=frauds_of_page,
            is_final=is_final,
        )
        for page, frauds_of_page in enumerate(pages)
    )


def decode_entry(value: bytes) -> LedgerEntry:
    """Ledger entry of a record value. Raises `LedgerDecodeError`."""
    try:
        return LedgerEntry.model_validate_json(value)
    except ValidationError as error:
        raise LedgerDecodeError(
            f"not a ledger entry: {error.error_count()} problems, first {error.errors()[0]}"
        ) from error


class Ledger:
    """Newest entry per key, and totals over them. Feed it the topic from its beginning, in order."""

    def __init__(self, entries: Iterable[LedgerEntry] = ()) -> None:
        self._newest: dict[bytes, LedgerEntry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: LedgerEntry) -> None:
        """Take an entry; it replaces the one of the same key."""
        self._newest[entry.key] = entry

    def totals(self) -> dict[str, EventCounts]:
        """Counts per topic, summed over producers and runs."""
        totals: dict[str, EventCounts] = {}
        for entry in self._newest.values():
            totals[entry.topic] = totals.get(entry.topic, EventCounts()) + entry.counts
        return totals

    def open_runs(self) -> tuple[tuple[str, str], ...]:
        """Producer and run id of every run without a final entry.

        Such a run is still sending, or it was killed; then records of its last interval may be in Kafka only.
        """
        return tuple(sorted({(entry.producer, entry.run_id) for entry in self._newest.values() if not entry.is_final}))

    def frauds(self) -> tuple[PlantedFraud, ...]:
        """All planted episodes."""
        return tuple(fraud for entry in self._newest.values() for fraud in entry.frauds)


@dataclass(frozen=True)
class TopicBalance:
    """How one topic's produced records are accounted for: each is in bronze or in the DLQ, once."""

    topic: str
    produced: int
    bronze: int
    dead_letters: int

    @property
    def missing(self) -> int:
        """Produced records found in neither; negative when there are more than were produced."""
        return self.produced - self.bronze - self.dead_letters

    @property
    def is_balanced(self) -> bool:
        """True when nothing is lost and nothing is doubled."""
        return self.missing == 0


def reconcile(
    produced: Mapping[str, EventCounts], bronze: Mapping[str, int], dlq: Mapping[str, int]
) -> dict[str, TopicBalance]:
    """Balance per topic. `bronze` and `dlq` are row and record counts by event topic; a missing topic counts 0."""
    topics = sorted({*produced, *bronze, *dlq})
    return {
        topic: TopicBalance(topic, produced.get(topic, EventCounts()).produced, bronze.get(topic, 0), dlq.get(topic, 0))
        for topic in topics
    }
