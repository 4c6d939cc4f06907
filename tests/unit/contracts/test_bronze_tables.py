import io
from decimal import Decimal
from typing import Annotated, ClassVar

import pyarrow as pa
import pyarrow.json
import pytest
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.schema import Schema

from contracts.arrow_schema import bronze_arrow_schema, wire_arrow_schema
from contracts.events import EVENT_MODELS, CallEvent, Event, FraudAlert, NetworkProbeEvent
from contracts.iceberg_schema import iceberg_schema, partition_spec
from contracts.tables import BRONZE_TABLE_BY_TOPIC, BronzeTable
from contracts.topics import EVENT_MODEL_BY_TOPIC
from contracts.wire_fields import FieldType, UnsupportedFieldTypeError, wire_fields


def columns_of(model: type[Event]) -> dict[str, tuple[FieldType, bool]]:
    return {column.name: (column.type, column.required) for column in BronzeTable(model).columns}


def with_large_strings(schema: pa.Schema) -> pa.Schema:
    """pyiceberg speaks of large_string where it reads; both are written as the same Parquet type."""
    element = pa.field("element", pa.large_string(), nullable=False)
    replacements = {"string": pa.large_string(), "list<element: string not null>": pa.large_list(element)}
    return pa.schema([field.with_type(replacements.get(str(field.type), field.type)) for field in schema])


def test_each_topic_has_a_table_of_its_name() -> None:
    assert {table.identifier for table in BRONZE_TABLE_BY_TOPIC.values()} == {
        ("bronze", topic) for topic in EVENT_MODEL_BY_TOPIC
    }


def test_timestamps_lose_their_suffix_and_measures_keep_it() -> None:
    assert columns_of(CallEvent)["start_time"] == (FieldType.TIMESTAMP, True)
    assert columns_of(NetworkProbeEvent)["latency_ms"] == (FieldType.DOUBLE, True)


def test_columns_follow_the_model() -> None:
    alert = columns_of(FraudAlert)
    assert alert["rule"] == (FieldType.STRING, True)
    assert alert["evidence_event_ids"] == (FieldType.STRING_LIST, True)
    assert alert["call_count"] == (FieldType.INT, False)
    assert columns_of(CallEvent)["revenue_usd"] == (FieldType.MONEY, True)
    assert columns_of(CallEvent)["is_roaming"] == (FieldType.BOOLEAN, True)


def test_every_table_ends_with_the_ingest_columns() -> None:
    for table in BRONZE_TABLE_BY_TOPIC.values():
        assert [(column.name, column.required) for column in table.columns[-5:]] == [
            ("_kafka_topic", True),
            ("_kafka_partition", True),
            ("_kafka_offset", True),
            ("_bronze_ingested_at", True),
            ("_unknown_fields", False),
        ]


@pytest.mark.parametrize("table", BRONZE_TABLE_BY_TOPIC.values(), ids=lambda table: table.name)
def test_arrow_rows_fit_the_iceberg_table(table: BronzeTable) -> None:
    expected = schema_to_pyarrow(iceberg_schema(table), include_field_ids=False).remove_metadata()
    assert [(field.name, field.type, field.nullable) for field in with_large_strings(bronze_arrow_schema(table))] == [
        (field.name, field.type, field.nullable) for field in expected
    ]


@pytest.mark.parametrize("table", BRONZE_TABLE_BY_TOPIC.values(), ids=lambda table: table.name)
def test_field_ids_are_unique_and_the_day_of_event_time_partitions(table: BronzeTable) -> None:
    schema: Schema = iceberg_schema(table)
    assert len(schema.field_ids) == len(set(schema.field_ids))
    (field,) = partition_spec(schema).fields
    assert schema.find_column_name(field.source_id) == "event_time"
    assert str(field.transform) == "day"


def test_the_wire_schema_parses_numbers_as_money_integers_and_doubles() -> None:
    line = b'{"revenue_usd": 0.25, "start_time_ms": 1700000000000, "latitude": 47, "duration_seconds": 61}\n'
    options = pa.json.ParseOptions(explicit_schema=wire_arrow_schema(CallEvent))
    (row,) = pa.json.read_json(io.BytesIO(line), parse_options=options).to_pylist()
    assert row["revenue_usd"] == Decimal("0.2500")
    assert (row["start_time_ms"], row["latitude"], row["duration_seconds"]) == (1700000000000, 47.0, 61)
    assert row["event_id"] is None


@pytest.mark.parametrize("model", EVENT_MODELS)
def test_every_model_can_be_a_table(model: type[Event]) -> None:
    assert [field.name for field in wire_fields(model)] == list(model.model_fields)


def test_a_type_without_a_column_is_refused_by_name() -> None:
    class Odd(Event):
        topic: ClassVar[str] = "odd_events"
        key_field: ClassVar[str] = "event_id"
        place: Annotated[dict[str, int], "anything"]

    with pytest.raises(UnsupportedFieldTypeError, match=r"odd_events\.place"):
        wire_fields(Odd)
