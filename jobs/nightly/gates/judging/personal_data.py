"""Looks for personal identifiers where none may be. Pure."""

from collections.abc import Mapping

from contracts.gate_settings import PersonalDataGate
from contracts.tables import INGESTED_AT_COLUMN

EVENT_DATE = "event_date"
# What people write between the digits of a number: spaces of several widths, brackets, dots, slashes, hyphens, dashes.
_BETWEEN_DIGITS = "[ \u00a0\u2009\u202f()./\u2010-\u2015-]{0,2}"
_ALONE_BEFORE, _ALONE_AFTER = "(^|[^0-9A-Za-z])", "($|[^0-9A-Za-z])"
MAIL_ADDRESS = r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+\."
# What has digits for another reason: ids of events, which end in a counter; UUIDs; days and moments.
NO_NUMBER = (
    r"^[0-9a-f]{12}-[a-z]+-[0-9]+$"
    r"|[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|[12][0-9]{3}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?"
)


# What a column of towers or cells holds: a cell's global identity, as networks write it (country, network, area, cell).
COLUMNS_OF_CELLS = ("tower_id", "cell_id")
CELL_IDENTITY = r"^[2-7][0-9]{2}-[0-9]{2,3}-[0-9]{1,8}-[0-9]{1,9}$"


def number_pattern(gate: PersonalDataGate) -> str:
    """Regular expression of a number (MSISDN, IMSI, IMEI) that stands alone, in any spelling, with "+", "00" or "0".

    Keyed tokens and surrogate keys are hexadecimal, so the digits in them have letters around them.
    """
    others = f"({_BETWEEN_DIGITS}[0-9]){{{gate.min_digits - 1},{gate.max_digits - 1}}}"
    return rf"{_ALONE_BEFORE}(\+|00?)?\(?[1-9]{others}{_ALONE_AFTER}"


def scan_statement(source: str, table: str, columns: Mapping[str, str], gate: PersonalDataGate) -> str | None:
    """A query that counts suspicious values per text column of `table`, which is read from `source`; None without text.

    `columns` maps name to Iceberg type. Of events, only the days of the run are read, and where rows just say when they
    arrived, those that did in the run's window: earlier runs read the others.
    """
    texts = [name for name, data_type in columns.items() if data_type == "string"]
    texts = [name for name in texts if not {f"{table}.{name}", f"*.{name}"} & set(gate.ignored_columns)]
    if not texts:
        return None
    counts = ", ".join(f"count_if({personal_condition(name, gate)}) as {name}" for name in texts)
    names = ", ".join(f"'{table}.{name}'" for name in texts)
    return (
        f"select subject, cast(found as double) as value from (select {counts} from {source}{_recent(columns)})"  # noqa: S608
        f" cross join unnest(array[{names}], array[{', '.join(texts)}]) as counted (subject, found)"
    )


def _recent(columns: Mapping[str, str]) -> str:
    if EVENT_DATE in columns:
        return " where $on_touched_days"
    return f" where {INGESTED_AT_COLUMN} >= $window_start" if INGESTED_AT_COLUMN in columns else ""


def personal_condition(column: str, gate: PersonalDataGate) -> str:
    """Whether a value looks like somebody's number or address, as SQL in which each dollar sign is doubled.

    Most values are too short for a number and have no @, so they cost no regular expression. For addresses this is
    essential: their expression reads a long token once from each of its characters.
    """
    number, no_number = _quoted(number_pattern(gate)), _quoted(NO_NUMBER)
    has_number = (
        f"length({column}) >= {gate.min_digits} and regexp_like({column}, {number})"
        f" and regexp_like(regexp_replace({column}, {no_number}, 'x'), {number})"
    )
    if column in COLUMNS_OF_CELLS:
        has_number += f" and not regexp_like({column}, {_quoted(CELL_IDENTITY)})"
    return f"{has_number} or strpos({column}, '@') > 0 and regexp_like({column}, '{MAIL_ADDRESS}')"


def _quoted(pattern: str) -> str:
    """A literal; the statement's parameters begin with a dollar sign, so each one is doubled."""
    return "'" + pattern.replace("$", "$$") + "'"
