"""Looks for personal identifiers where none may be. Pure."""

from collections.abc import Mapping

from contracts.tables import INGESTED_AT_COLUMN
from jobs.nightly.audited_run import AuditedRun

# A number of ten to fifteen digits that stands alone (MSISDN, IMSI, IMEI), or an address whose mailbox is not masked.
# Keyed tokens and surrogate keys are hexadecimal, so digits in them have letters around them.
NUMBER = r"(^|[^0-9A-Za-z])\+?[1-9][0-9]{9,14}($|[^0-9A-Za-z])"
SHORTEST_NUMBER = 10
MAIL_ADDRESS = r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+\."
# Ids of events end in a counter, which may have as many digits as a phone number.
EVENT_ID = r"^[0-9a-f]{12}-[a-z]+-[0-9]+$"


def scan_statement(
    schema: str, table: str, snapshot_id: int, columns: Mapping[str, str], run: AuditedRun
) -> str | None:
    """A query that counts suspicious values per text column of `table`; None if it has no text.

    `columns` maps name to Iceberg type. Where rows say when they arrived, only those of the run are read: earlier runs
    read the older ones.
    """
    texts = [name for name, data_type in columns.items() if data_type == "string"]
    if not texts:
        return None
    counts = ", ".join(f"count_if({_is_personal(name)}) as {name}" for name in texts)
    names = ", ".join(f"'{table}.{name}'" for name in texts)
    recent = (
        f" where {INGESTED_AT_COLUMN} >= timestamp '{run.window_start} 00:00:00 UTC'"
        if INGESTED_AT_COLUMN in columns
        else ""
    )
    return (
        f"select subject, cast(found as double) as value from (select {counts} from {schema}.{table}"  # noqa: S608
        f" for version as of {snapshot_id}{recent}) cross join unnest(array[{names}], array[{', '.join(texts)}])"
        " as counted (subject, found)"
    )


def _is_personal(column: str) -> str:
    """Most values are too short for a number and have no @, so they cost no regular expression.

    For addresses this is essential: their expression reads a long token once from each of its characters.
    """
    has_number = (
        f"length({column}) >= {SHORTEST_NUMBER} and regexp_like({column}, '{NUMBER}')"
        f" and not regexp_like({column}, '{EVENT_ID}')"
    )
    return f"{has_number} or strpos({column}, '@') > 0 and regexp_like({column}, '{MAIL_ADDRESS}')"
