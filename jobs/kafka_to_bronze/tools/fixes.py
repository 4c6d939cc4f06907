"""What can be done to a dead letter's value before it is replayed."""

from collections.abc import Callable
from importlib import import_module

# Takes a value and returns one; None leaves the record where it is.
Fix = Callable[[bytes | None], bytes | None]


class UnknownFixError(Exception):
    """The fix that was asked for does not exist."""


def as_is(value: bytes | None) -> bytes | None:
    """The value as it is: for an upgraded sink that accepts what it refused before."""
    return value


def trim(value: bytes | None) -> bytes | None:
    """The value without byte order mark, NUL bytes and white space around it."""
    if value is None:
        return None
    return value.removeprefix(b"\xef\xbb\xbf").strip(b"\0 \t\r\n") or None


BUILT_IN: dict[str, Fix] = {"as-is": as_is, "trim": trim}


def find_fix(name: str) -> Fix:
    """Built-in fix of that name, or function `MODULE:FUNCTION`. Raises `UnknownFixError`."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    module, _, function = name.partition(":")
    try:
        fix: Fix = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UnknownFixError(
            f"no fix {name!r} ({error}). Use one of {', '.join(BUILT_IN)}, or MODULE:FUNCTION, "
            "a function that takes the record's value and returns the new one, or None to leave it."
        ) from error
    return fix
