"""Field types of the wire schema: a Python type for validation, a logical type for each engine downstream."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainSerializer


class LogicalType(StrEnum):
    """What a wire value means beyond its JSON type (names follow Avro's logical types)."""

    TIMESTAMP_MILLIS = "timestamp-millis"
    MONEY = "decimal"
    INT32 = "int"


MONEY_PRECISION = 12
MONEY_SCALE = 4

# A JSON integer, milliseconds since 1970-01-01 UTC. The wire name ends in `_ms`, the table column drops the suffix.
EpochMillis = Annotated[int, Field(ge=0), LogicalType.TIMESTAMP_MILLIS]
# A JSON number with at most four decimals; decimal(12, 4) in tables, so that sums are exact.
Money = Annotated[
    Decimal,
    Field(max_digits=MONEY_PRECISION, decimal_places=MONEY_SCALE),
    PlainSerializer(float, return_type=float, when_used="json"),
    LogicalType.MONEY,
]
Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31), LogicalType.INT32]
Msisdn = Annotated[str, Field(description="E.164 number without '+'", examples=["12065550123"])]
Imsi = Annotated[str, Field(description="15-digit subscriber identity of the SIM", examples=["310260123456789"])]
Imei = Annotated[str, Field(description="15-digit device identity, Luhn-checked", examples=["490154203237518"])]
Latitude = Annotated[float, Field(description="WGS84 degrees, -90 to 90")]
Longitude = Annotated[float, Field(description="WGS84 degrees, -180 to 180")]
