"""Rows of bronze that no run has worked on: a reading over all days, by metadata alone. Pure."""

from collections.abc import Mapping

from jobs.nightly.gates.gate import Reading


def left_behind(rows_by_table: Mapping[str, int]) -> list[Reading]:
    """One reading for each bronze table."""
    return [
        Reading(f"{table} left behind", rows, "rows came or went on days that no run has worked on")
        for table, rows in sorted(rows_by_table.items())
    ]
