"""Compares the columns of a table with its contract. Pure."""

from collections.abc import Mapping

from jobs.nightly.gates.gate import Reading

BREACH, ADDITION = 1.0, 0.5


def schema_readings(table: str, expected: Mapping[str, str], actual: Mapping[str, str]) -> list[Reading]:
    """Removed and retyped columns as breaches, new ones as additions. Both map column name to type."""
    removed = [Reading(f"{table}.{name}", BREACH, "column is gone") for name in expected.keys() - actual.keys()]
    retyped = [
        Reading(f"{table}.{name}", BREACH, f"is {actual[name]}, but the contract says {expected[name]}")
        for name in expected.keys() & actual.keys()
        if actual[name] != expected[name]
    ]
    added = [Reading(f"{table}.{name}", ADDITION, "not in the contract") for name in actual.keys() - expected.keys()]
    return sorted([*removed, *retyped, *added], key=lambda reading: reading.subject)
