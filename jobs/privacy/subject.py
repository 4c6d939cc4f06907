"""Who a person is in the lake, and which rows and values are theirs. Pure."""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pyiceberg.expressions import BooleanExpression, In, Or

# Columns whose rows belong to the person, and columns of other people's rows that only mention them.
NUMBER_COLUMN = "msisdn"
TOKEN_COLUMN = "subscriber_token"  # noqa: S105
CUSTOMER_COLUMN = "customer_id"
OTHER_NUMBER_COLUMNS = ("called_msisdn", "other_msisdn")
OTHER_TOKEN_COLUMN = "other_party_token"  # noqa: S105
# It takes the place of a mention: it passes the check for a short number and belongs to nobody.
ERASED_NUMBER = "000"


class NotASubjectError(ValueError):
    """A text that cannot be the number of one person; nothing was looked at, nothing was erased."""


def require_number(text: str) -> str:
    """`text`, if it is a whole phone number as the layers hold it: E.164 without '+', 7 to 15 digits.

    Less would match the records of many people, and another spelling those of none. Raises `NotASubjectError`.
    """
    if not re.fullmatch(r"[1-9][0-9]{6,14}", text):
        raise NotASubjectError("a subject is a whole phone number, E.164 without '+': 7 to 15 digits and nothing else")
    return text


@dataclass(frozen=True)
class Subject:
    """Every identifier of one person: the number, tokens (one for each key that ever was), customer ids."""

    msisdn: str
    tokens: tuple[str, ...]
    customer_ids: tuple[str, ...]

    @property
    def needles(self) -> tuple[str, ...]:
        """Values that must not be found anywhere afterwards."""
        return (self.msisdn, *self.tokens)


def tokens_of(msisdn: str, keys: Mapping[str, bytes]) -> tuple[str, ...]:
    """Tokens of a number under every key, as the macro `pii_token` makes them: `<key id>:<HMAC-SHA-256 in hex>`."""
    return tuple(f"{key_id}:{hmac.new(key, msisdn.encode(), sha256).hexdigest()}" for key_id, key in keys.items())


def own_rows(subject: Subject, columns: Iterable[str]) -> BooleanExpression | None:
    """Filter for rows that belong to the person; None where no column identifies one."""
    present = set(columns)
    candidates = (
        (NUMBER_COLUMN, (subject.msisdn,)),
        (TOKEN_COLUMN, subject.tokens),
        (CUSTOMER_COLUMN, subject.customer_ids),
    )
    return _any_of([(column, values) for column, values in candidates if column in present and values])


def mentions(subject: Subject, columns: Iterable[str]) -> BooleanExpression | None:
    """Filter for other people's rows that mention the person."""
    present = set(columns)
    candidates = [
        *((column, (subject.msisdn,)) for column in OTHER_NUMBER_COLUMNS),
        (OTHER_TOKEN_COLUMN, subject.tokens),
    ]
    return _any_of([(column, values) for column, values in candidates if column in present and values])


def replacement(column: str) -> str | None:
    """What a mention's column holds afterwards."""
    return None if column == OTHER_TOKEN_COLUMN else ERASED_NUMBER


def _any_of(candidates: Sequence[tuple[str, tuple[str, ...]]]) -> BooleanExpression | None:
    filters: list[BooleanExpression] = [In(term=column, literals=set(values)) for column, values in candidates]
    if not filters:
        return None
    return filters[0] if len(filters) == 1 else Or(*filters)
