"""Rows of the CRM that silver does without, because the contract has no place for what is in them. Pure."""

import json
from collections.abc import Iterator, Mapping

from contracts.batch_tables import HELD_BACK, ROWS_COMPARED
from jobs.nightly.gates.gate import Reading

_ROWS_BY_REASON = {
    "no_key": "rows have no key",
    "shared_key": "rows share their key with others",
}


def held_back_readings(properties: Mapping[str, Mapping[str, str]], min_rows: int) -> list[Reading]:
    """A reading per table and reason, by what the ingestor noted as the table's properties at its last look.

    Each is named, however few rows there are; a share counts from `min_rows` on.
    """
    return [reading for table, noted in sorted(properties.items()) for reading in _of_table(table, noted, min_rows)]


def _of_table(table: str, noted: Mapping[str, str], min_rows: int) -> Iterator[Reading]:
    all_rows = int(noted.get(ROWS_COMPARED, "0"))
    for reason, held_back in json.loads(noted.get(HELD_BACK, "{}")).items():
        told = _ROWS_BY_REASON.get(reason, f"rows have a value in {reason} that the contract has no place for")
        value = held_back / max(1, all_rows) if held_back >= min_rows else 0.0
        yield Reading(f"{table} {reason}", value, f"{held_back} of {all_rows} {told}: silver does without them", True)
