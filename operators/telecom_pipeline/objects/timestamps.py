"""Times as Kubernetes writes them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


def timestamp(now: datetime) -> str:
    """UTC, whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
