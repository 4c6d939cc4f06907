"""Bronze tables filled without Kafka: the producers' own records, through the sink's own parser, a commit at a time.

Tests of silver and gold need days of history in seconds; that events get from Kafka into bronze is tested elsewhere.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from contracts.iceberg_schema import iceberg_schema, partition_spec
from contracts.ledger import EventCounts
from contracts.settings import (
    CdrProducerSettings,
    FaultRates,
    FraudRates,
    KafkaConnection,
    NetworkProbeProducerSettings,
)
from contracts.sink_progress import (
    DEAD_LETTERS,
    OFFSETS,
    WITHOUT_RECORD,
    OffsetRange,
    advance,
    encode_progress,
    encode_ranges,
    progress_of,
)
from contracts.tables import BRONZE_TABLE_BY_TOPIC, BronzeTable
from jobs.kafka_to_bronze.reading.rows import BatchReader, BronzeBatch
from jobs.producers.model.population import build_population
from jobs.producers.traffic.activity import Network
from jobs.producers.traffic.cdr_traffic import live_traffic
from jobs.producers.traffic.probe_traffic import ProbeTraffic
from jobs.producers.traffic.records import Mark, RecordBatch
from jobs.runtime.radio_network.towers import build_towers
from jobs.runtime.records import PartitionRun, RawBatch

FAULTS = FaultRates(duplicate=0.01, late=0.01, out_of_order=0.02, malformed=0.002)
TOWER_COUNT = 500
# Each calls once in three minutes at most: enough callers for a distribution.
SUBSCRIBER_COUNT = 2000
SEED = 7
_NO_KAFKA = KafkaConnection(bootstrap_servers="unused:9092")


@dataclass(frozen=True)
class Record:
    """A record as `confluent_kafka.Message` shows it."""

    position: int
    content: bytes

    def offset(self) -> int:
        return self.position

    def value(self) -> bytes:
        return self.content

    def key(self) -> bytes | None:
        return None

    def headers(self) -> None:
        return None

    def __len__(self) -> int:
        return len(self.content)


def read_values(
    contract: BronzeTable, values: Sequence[bytes], ingested_at: dt.datetime, first_offset: int = 0
) -> BronzeBatch:
    """Record values as the sink reads them."""
    records = [Record(first_offset + number, value) for number, value in enumerate(values)]
    covered = OffsetRange(first_offset, first_offset + len(values))
    raw = RawBatch((PartitionRun(0, covered, records),), sum(map(len, records)))
    return BatchReader(contract).read(raw, ingested_at)


class BronzeLake:
    """Appends records to bronze as the sink does, in partition 0 of each topic, and keeps the ledger of them."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.ledger: dict[str, EventCounts] = {}
        self.dead_letters: dict[str, int] = {}
        towers = build_towers(TOWER_COUNT)
        self._network = Network(build_population(SEED, SUBSCRIBER_COUNT, towers), towers)
        for contract in BRONZE_TABLE_BY_TOPIC.values():
            schema = iceberg_schema(contract)
            catalog.create_namespace_if_not_exists(contract.namespace)
            catalog.create_table_if_not_exists(contract.identifier, schema, partition_spec=partition_spec(schema))

    def table(self, topic: str) -> Table:
        """The table of a topic, freshly loaded."""
        return self._catalog.load_table(BRONZE_TABLE_BY_TOPIC[topic].identifier)

    def add_cdrs(self, start: dt.datetime, events_per_second: float, ticks: range) -> None:
        """Traffic of `ticks` (250 ms each, counted from `start`), as it arrives at the end of the last of them."""
        settings = CdrProducerSettings(
            kafka=_NO_KAFKA,
            seed=SEED,
            events_per_second=events_per_second,
            subscriber_count=SUBSCRIBER_COUNT,
            tower_count=TOWER_COUNT,
            faults=FAULTS,
            frauds=FraudRates(),
        )
        traffic = live_traffic(settings, self._network, _millis(start))
        self._add_batches([batch for tick in ticks for batch in traffic.tick(tick)], _end(start, ticks))

    def add_probes(self, start: dt.datetime, interval_seconds: float, ticks: range) -> None:
        """Tower readings, likewise."""
        settings = NetworkProbeProducerSettings(
            kafka=_NO_KAFKA, seed=SEED, tower_count=TOWER_COUNT, interval_seconds=interval_seconds, faults=FAULTS
        )
        traffic = ProbeTraffic(settings, _millis(start))
        self._add_batches([batch for tick in ticks for batch in traffic.tick(tick)], _end(start, ticks))

    def add_values(self, topic: str, values: Sequence[bytes], ingested_at: dt.datetime) -> None:
        """Append record values that a test made up."""
        contract = BRONZE_TABLE_BY_TOPIC[topic]
        table = self.table(topic)
        progress = progress_of(table.properties)
        first = progress[0].end if progress else 0
        covered = OffsetRange(first, first + len(values))
        parsed = read_values(contract, values, ingested_at, first)
        self.dead_letters[topic] = self.dead_letters.get(topic, 0) + len(parsed.dead_letters)
        advanced = advance(progress, {0: covered}, commit_id=f"{topic}-{first}", writer="test")
        with table.transaction() as transaction:
            summary = {
                DEAD_LETTERS: str(len(parsed.dead_letters)),
                WITHOUT_RECORD: "0",
                OFFSETS: encode_ranges({0: covered}),
            }
            transaction.append(parsed.rows, snapshot_properties=summary)
            transaction.set_properties({OFFSETS: encode_progress(advanced)})

    def append_rows(self, topic: str, rows: pa.Table) -> None:
        """Append rows as they are: what a broken writer would leave."""
        self.table(topic).append(rows)

    def _add_batches(self, batches: Sequence[RecordBatch], ingested_at: dt.datetime) -> None:
        for topic in sorted({batch.topic for batch in batches}):
            mine = [batch for batch in batches if batch.topic == topic]
            self.add_values(topic, [value for batch in mine for value in batch.values], ingested_at)
            self.ledger[topic] = sum(map(_counts, mine), self.ledger.get(topic, EventCounts()))


def _counts(batch: RecordBatch) -> EventCounts:
    return EventCounts(
        produced=len(batch),
        malformed=int((batch.marks == Mark.MALFORMED).sum()),
        duplicates=int((batch.marks == Mark.DUPLICATE).sum()),
        late=int((batch.marks == Mark.LATE).sum()),
        out_of_order=int((batch.marks == Mark.OUT_OF_ORDER).sum()),
    )


def _millis(at: dt.datetime) -> int:
    return int(at.timestamp() * 1000)


def _end(start: dt.datetime, ticks: range) -> dt.datetime:
    return start + dt.timedelta(milliseconds=250 * ticks.stop)
