"""Bronze tables: one per topic, its columns derived from the event model.

Engine schemas are in `contracts.arrow_schema` and `contracts.iceberg_schema`: this module needs neither library.
"""

from dataclasses import dataclass
from typing import Protocol

from contracts.events import Event
from contracts.topics import EVENT_MODEL_BY_TOPIC
from contracts.wire_fields import FieldType, wire_fields

BRONZE_NAMESPACE = "bronze"
# Of the tables in which jobs leave what they found and did.
AUDIT_NAMESPACE = "audit"
EVENT_TIME_COLUMN = "event_time"
PARTITION_FIELD = "event_time_day"


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    type: FieldType
    required: bool
    description: str


class TableColumns(Protocol):
    """A table that lists its columns in order: engine schemas are derived from it."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in order."""


KAFKA_TOPIC_COLUMN = "_kafka_topic"
KAFKA_PARTITION_COLUMN = "_kafka_partition"
KAFKA_OFFSET_COLUMN = "_kafka_offset"
INGESTED_AT_COLUMN = "_bronze_ingested_at"
UNKNOWN_FIELDS_COLUMN = "_unknown_fields"

INGEST_COLUMNS: tuple[Column, ...] = (
    Column(KAFKA_TOPIC_COLUMN, FieldType.STRING, True, "Topic the record came from"),
    Column(KAFKA_PARTITION_COLUMN, FieldType.INT, True, "Partition of the topic"),
    Column(KAFKA_OFFSET_COLUMN, FieldType.LONG, True, "Offset in the partition; with topic and partition unique"),
    Column(INGESTED_AT_COLUMN, FieldType.TIMESTAMP, True, "When the sink wrote the row"),
    Column(
        UNKNOWN_FIELDS_COLUMN, FieldType.STRING, False, "JSON object of fields the contract does not know, else null"
    ),
)


@dataclass(frozen=True)
class BronzeTable:
    """The bronze table of one topic, partitioned by day of `event_time` (hidden)."""

    model: type[Event]
    namespace: str = BRONZE_NAMESPACE

    @property
    def topic(self) -> str:
        """Topic whose records it holds."""
        return self.model.topic

    @property
    def name(self) -> str:
        """Table name, the same as the topic's."""
        return self.model.topic

    @property
    def identifier(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.namespace, self.name

    @property
    def event_columns(self) -> tuple[Column, ...]:
        """Columns that come from the event."""
        return tuple(
            Column(field.column_name, field.type, field.required, field.description)
            for field in wire_fields(self.model)
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in order: the event's, then the ingest columns."""
        return self.event_columns + INGEST_COLUMNS


BRONZE_TABLE_BY_TOPIC: dict[str, BronzeTable] = {
    topic: BronzeTable(model) for topic, model in EVENT_MODEL_BY_TOPIC.items()
}
