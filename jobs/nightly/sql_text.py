"""Pieces of SQL that several steps of a run put into their statements. Pure."""

import datetime as dt


def instant(at: dt.datetime) -> str:
    """A moment as a literal."""
    return f"timestamp '{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f} UTC'"


def at_snapshot(catalog: str, table: tuple[str, str], snapshot: int) -> str:
    """A table (namespace, name) as it was at a snapshot."""
    return f"{catalog}.{'.'.join(table)} for version as of {snapshot}"
