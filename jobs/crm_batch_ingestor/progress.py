"""How far a bronze table has come in its source, kept in the Iceberg table's properties. Pure.

There are two bounds, because each misses what the other finds. `watermark` (the greatest `updated_at` that was read)
lets the source use its index, but a transaction that stamps a row and commits after the read would be skipped for ever,
and equal timestamps are ambiguous. `snapshot` (PostgreSQL's `pg_current_snapshot()` of the read) says exactly which
transactions the read saw: a row version is new if and only if its writer was not visible in it. So a run asks for rows
at or after `watermark - overlap` that the last snapshot did not see: it skips nothing and reads nothing twice.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

PROPERTY = "telecom.crm.progress"


class ProgressDecodeError(ValueError):
    """The table's property is not one that this job wrote."""


@dataclass(frozen=True)
class Progress:
    """`source_id` is the database cluster's identifier: snapshots of another cluster mean nothing here."""

    source_id: str
    snapshot: str
    watermark: dt.datetime | None

    def advanced(self, newest: dt.datetime | None) -> "Progress":
        """The same with the watermark moved forward to `newest`, if that is later."""
        watermark = max((at for at in (self.watermark, newest) if at is not None), default=None)
        return Progress(self.source_id, self.snapshot, watermark)

    def encode(self) -> dict[str, str]:
        """Table properties that hold it."""
        values = asdict(self) | {"watermark": self.watermark.isoformat() if self.watermark else None}
        return {PROPERTY: json.dumps(values)}


def progress_of(properties: Mapping[str, str]) -> Progress | None:
    """Progress in table properties, None for a table that was never filled. Raises `ProgressDecodeError`."""
    text = properties.get(PROPERTY)
    if text is None:
        return None
    try:
        values = json.loads(text)
        watermark = values["watermark"]
        return Progress(
            values["source_id"], values["snapshot"], dt.datetime.fromisoformat(watermark) if watermark else None
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ProgressDecodeError(
            f"table property {PROPERTY} is not this job's progress: {text[:200]!r} ({error!r}). "
            "Remove the property, and the whole source is read again; silver removes the versions that come twice."
        ) from error
