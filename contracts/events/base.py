"""What every event on the wire has."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from contracts.events.field_types import EpochMillis, Int32


class Event(BaseModel):
    """One JSON object, one Kafka record value.

    A consumer accepts unknown fields (additive change); producers send exactly these.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=False)

    topic: ClassVar[str]
    key_field: ClassVar[str]
    current_schema_version: ClassVar[int] = 1

    event_id: str = Field(description="Unique per event; a resent event keeps its id, so duplicates are found by it")
    event_time_ms: EpochMillis = Field(description="When it happened in the network (event time)")
    schema_version: Int32 = Field(description="Version of this schema the producer wrote")
