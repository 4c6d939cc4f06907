"""Tables are created from the contract and follow its additive changes, and no others."""

import time
from typing import ClassVar

import pytest
from pydantic import Field
from pyiceberg.catalog import Catalog
from sink_engines import Engines

from contracts.events import CallEvent
from contracts.sink_progress import KafkaIdentity, identity_of
from contracts.tables import BronzeTable
from jobs.kafka_to_bronze.committing.table import IncompatibleTableError, ensure_table

pytestmark = pytest.mark.engine

IDENTITY = KafkaIdentity("call_events", "cluster-1", "topic-1")


class WithOptionalField(CallEvent):
    """A contract that went on."""

    slice_id: str | None = Field(default=None, description="Network slice")


class WithRequiredField(CallEvent):
    """A contract that asks of old events what they do not have."""

    slice_id: str


class WithOtherType(CallEvent):
    """A contract that changed its mind."""

    key_field: ClassVar[str] = "msisdn"
    duration_seconds: float  # type: ignore[assignment]


@pytest.fixture(scope="module")
def catalog(sink_engines: Engines) -> Catalog:
    return sink_engines.catalog()


@pytest.fixture
def namespace() -> str:
    return f"tables_{time.time_ns()}"


def test_a_new_table_has_the_contracts_columns_and_remembers_its_kafka(catalog: Catalog, namespace: str) -> None:
    bronze = BronzeTable(CallEvent, namespace)

    table = ensure_table(catalog, bronze, IDENTITY)

    assert table.schema().column_names == [column.name for column in bronze.columns]
    assert [str(field.transform) for field in table.spec().fields] == ["day"]
    assert identity_of(table.properties) == IDENTITY
    assert table.properties["write.parquet.compression-codec"] == "zstd"
    assert table.format_version == 2


def test_preparing_twice_changes_nothing(catalog: Catalog, namespace: str) -> None:
    first = ensure_table(catalog, BronzeTable(CallEvent, namespace), IDENTITY)

    second = ensure_table(catalog, BronzeTable(CallEvent, namespace), IDENTITY)

    assert second.metadata_location == first.metadata_location


def test_a_new_optional_field_becomes_a_column(catalog: Catalog, namespace: str) -> None:
    ensure_table(catalog, BronzeTable(CallEvent, namespace), IDENTITY)

    table = ensure_table(catalog, BronzeTable(WithOptionalField, namespace), IDENTITY)

    added = table.schema().find_field("slice_id")
    assert (str(added.field_type), added.required) == ("string", False)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        (WithOptionalField, CallEvent, "column slice_id is no longer in the contract"),
        (CallEvent, WithRequiredField, "new column slice_id is required"),
        (CallEvent, WithOtherType, "column duration_seconds is int in the table and double in the contract"),
    ],
)
def test_other_changes_are_refused_by_name(
    before: type[CallEvent], after: type[CallEvent], complaint: str, catalog: Catalog, namespace: str
) -> None:
    ensure_table(catalog, BronzeTable(before, namespace), IDENTITY)

    with pytest.raises(IncompatibleTableError, match=complaint):
        ensure_table(catalog, BronzeTable(after, namespace), IDENTITY)
