"""Words of an engine without the values that they quote, which may say what somebody is called. Pure."""

import re

# What is quoted, mail addresses, and numbers in whatever spelling.
_VALUES = re.compile(r"'[^'\n]*'|[\w.+-]+@[\w.-]+|\d(?:[^0-9A-Za-z\n]{0,2}\d){6,}")


def without_values(text: str) -> str:
    """The text with a mark in place of everything in it that may be a value of a row."""
    return _VALUES.sub("…", text)
