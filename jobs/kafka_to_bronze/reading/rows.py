"""From a raw batch to rows of the bronze table, and to what else the batch holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import methodcaller

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.arrow_schema import bronze_arrow_schema
from contracts.sink_progress import OffsetRange
from contracts.tables import (
    INGESTED_AT_COLUMN,
    KAFKA_OFFSET_COLUMN,
    KAFKA_PARTITION_COLUMN,
    KAFKA_TOPIC_COLUMN,
    UNKNOWN_FIELDS_COLUMN,
    BronzeTable,
)
from contracts.wire_fields import FieldType, wire_fields
from jobs.kafka_to_bronze.reading.offset_notes import OffsetNotes, notes_of
from jobs.kafka_to_bronze.reading.parsing import ParsedValues, RecordParser
from jobs.runtime.dead_letters import DeadLetter
from jobs.runtime.records import KafkaRecord, RawBatch


@dataclass(frozen=True)
class BronzeBatch:
    """Rows, dead letters and the offset ranges that both together account for."""

    rows: pa.Table
    dead_letters: tuple[DeadLetter, ...]
    covered: Mapping[int, OffsetRange]
    byte_count: int
    notes: OffsetNotes = field(default_factory=OffsetNotes)


class BatchReader:
    """Turns the raw batches of one topic into bronze batches."""

    def __init__(self, table: BronzeTable) -> None:
        self._table = table
        self._schema = bronze_arrow_schema(table)
        self._parser = RecordParser(table.model)

    def read(self, raw: RawBatch, ingested_at: datetime) -> BronzeBatch:
        """Parse every record: each becomes one row or one dead letter."""
        records = [record for run in raw.runs for record in run.records]
        partitions = np.repeat(
            np.array([run.partition for run in raw.runs], dtype=np.int32), [len(run.records) for run in raw.runs]
        )
        parsed = self._parser.parse(list(map(methodcaller("value"), records)))
        return BronzeBatch(
            rows=self._rows(parsed, records, partitions, ingested_at),
            dead_letters=self._dead_letters(parsed, records, partitions, ingested_at),
            covered={run.partition: run.covered for run in raw.runs},
            byte_count=raw.byte_count,
            notes=notes_of(raw.runs),
        )

    def _rows(
        self, parsed: ParsedValues, records: list[KafkaRecord], partitions: np.ndarray, ingested_at: datetime
    ) -> pa.Table:
        count = parsed.rows.num_rows
        offsets = np.fromiter(map(methodcaller("offset"), records), dtype=np.int64, count=len(records))
        columns = {
            field.column_name: self._column(parsed, field.name, field.type) for field in wire_fields(self._table.model)
        }
        columns |= {
            KAFKA_TOPIC_COLUMN: pa.repeat(pa.scalar(self._table.topic), count),
            KAFKA_PARTITION_COLUMN: pa.array(partitions[parsed.accepted]),
            KAFKA_OFFSET_COLUMN: pa.array(offsets[parsed.accepted]),
            INGESTED_AT_COLUMN: pa.repeat(pa.scalar(ingested_at, pa.timestamp("us", tz="UTC")), count),
            UNKNOWN_FIELDS_COLUMN: parsed.unknown_fields,
        }
        return pa.table([columns[name] for name in self._schema.names], schema=self._schema)

    def _column(self, parsed: ParsedValues, name: str, field_type: FieldType) -> pa.ChunkedArray:
        column = parsed.rows.column(name)
        if field_type is FieldType.TIMESTAMP:
            return column.cast(pa.timestamp("ms", tz="UTC")).cast(pa.timestamp("us", tz="UTC"))
        if field_type is FieldType.STRING_LIST:
            return pc.cast(column, pa.list_(pa.field("element", pa.string(), nullable=False)))
        return column

    def _dead_letters(
        self, parsed: ParsedValues, records: list[KafkaRecord], partitions: np.ndarray, seen_at: datetime
    ) -> tuple[DeadLetter, ...]:
        return tuple(
            DeadLetter(
                topic=self._table.topic,
                partition=int(partitions[index]),
                offset=records[index].offset(),
                value=records[index].value(),
                key=records[index].key(),
                headers=tuple(records[index].headers() or ()),
                rejection=rejection,
                seen_at=seen_at,
            )
            for index, rejection in sorted(parsed.rejected.items())
        )
