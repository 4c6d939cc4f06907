"""JSON objects built column by column with Arrow: no Python object per event until the bytes are cut out.

Values are written into the text unescaped, so a text column must not hold quotes, backslashes or control characters;
all of ours are identifiers and enum values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# An integer or float array of numpy, or an Arrow array of text.
Values: TypeAlias = Any


@dataclass(frozen=True)
class Member:
    """One or more members of a JSON object: per row `before` + value + `after`."""

    before: str
    values: pa.Array
    after: str


def number(name: str, values: Values) -> Member:
    """`"name":value` of integers or of floats with few decimals."""
    return Member(f'"{name}":', _text(values), "")


def text(name: str, values: Values) -> Member:
    """`"name":"value"`; integers become digits."""
    return Member(f'"{name}":"', _text(values), '"')


def prefixed_text(name: str, prefix: str, values: Values) -> Member:
    """`"name":"prefix` + value + `"`."""
    return Member(f'"{name}":"{prefix}', _text(values), '"')


def constant(name: str, json_value: str, rows: int) -> Member:
    """The same member in each of `rows` rows; `json_value` is JSON."""
    return Member(f'"{name}":{json_value}', pa.repeat(pa.scalar(b"", pa.binary()), rows), "")


def rendered(members: pa.Array) -> Member:
    """Members that were rendered before, for example those of a subscriber."""
    return Member("", members, "")


def render_members(members: Sequence[Member]) -> pa.Array:
    """`member,member,...` per row, for `rendered` to use again."""
    return _joined(members, "", "")


def render_objects(members: Sequence[Member]) -> list[bytes]:
    """One JSON object per row."""
    return binary_list(_joined(members, "{", "}"))


def binary_list(array: pa.Array) -> list[bytes]:
    """Values of a string or binary array without nulls, as bytes."""
    values: list[bytes] = array.cast(pa.binary()).to_pylist()
    return values


def pick(rng: np.random.Generator, shares: Mapping[Any, float], count: int) -> npt.NDArray[np.int64]:
    """`count` indices into the keys of `shares`, drawn with those shares (which sum to 1)."""
    limits = np.cumsum(list(shares.values()))[:-1]
    choices: npt.NDArray[np.int64] = np.searchsorted(limits, rng.random(count), side="right")
    return choices


def take_text(options: Iterable[str], chosen: npt.NDArray[np.int64]) -> pa.Array:
    """Text of each chosen option."""
    return pa.array([str(option) for option in options], pa.string()).take(pa.array(chosen))


def _joined(members: Sequence[Member], opening: str, closing: str) -> pa.Array:
    pieces: list[pa.Scalar | pa.Array] = []
    literal = opening
    for position, member in enumerate(members):
        pieces += [_literal(literal + ("," if position else "") + member.before), member.values]
        literal = member.after
    return pc.binary_join_element_wise(*pieces, _literal(literal + closing), _literal(""))


def _literal(characters: str) -> pa.Scalar:
    return pa.scalar(characters.encode(), pa.binary())


def _text(values: Values) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return array if array.type == pa.binary() else array.cast(pa.string()).cast(pa.binary())
