"""Who a person is in the lake, and which rows and values are theirs. Pure."""

import datetime as dt
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pyiceberg.expressions import And, BooleanExpression, GreaterThanOrEqual, In, LessThan, Or

from contracts.phone_numbers import NumberSpelling, normalised_number

# Columns whose rows belong to the person, and columns of other people's rows that only mention them.
NUMBER_COLUMN = "msisdn"
TOKEN_COLUMN = "subscriber_token"  # noqa: S105
CUSTOMER_COLUMN = "customer_id"
OTHER_NUMBER_COLUMNS = ("called_msisdn", "other_msisdn")
OTHER_TOKEN_COLUMN = "other_party_token"  # noqa: S105
TIME_COLUMN = "event_time"
# It takes the place of a mention: it passes the check for a short number and belongs to nobody.
ERASED_NUMBER = "000"


class NotASubjectError(ValueError):
    """A text that cannot be the number of one person; nothing was looked at, nothing was erased."""


def require_number(text: str, written: NumberSpelling) -> str:
    """The whole phone number that `text` spells, as the layers hold it: E.164 without '+', 7 to 15 digits.

    Less would match the records of many people. Raises `NotASubjectError`.
    """
    number = normalised_number(text, written)
    if number is None:
        raise NotASubjectError("a subject is a whole phone number, such as +12065550123: 7 to 15 digits")
    return number


@dataclass(frozen=True)
class Holding:
    """A number of a person, with its tokens (one for each key that ever was) and, if it was somebody else's at another
    time, the time in which it was theirs: [since, until).
    """

    msisdn: str
    tokens: tuple[str, ...]
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def is_shared(self) -> bool:
        """True when the number was somebody else's at another time."""
        return self.since is not None


@dataclass(frozen=True)
class Subject:
    """Every identifier of one person: numbers and when they were theirs, customer ids, spellings in the CRM's log."""

    holdings: tuple[Holding, ...]
    customer_ids: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every phone number that is or was the person's."""
        return tuple(dict.fromkeys(holding.msisdn for holding in self.holdings))

    @property
    def needles(self) -> tuple[str, ...]:
        """Values that must not be found anywhere afterwards. A number that others had, too, stays with their rows."""
        own = [holding for holding in self.holdings if not holding.is_shared]
        numbers = [value for holding in own for value in (holding.msisdn, *holding.tokens)]
        spellings = () if len(own) < len(self.holdings) else self.spellings
        return tuple(dict.fromkeys((*numbers, *self.customer_ids, *spellings)))


def tokens_of(msisdn: str, keys: Mapping[str, bytes]) -> tuple[str, ...]:
    """Tokens of a number under every key, as the macro `pii_token` makes them: `<key id>:<HMAC-SHA-256 in hex>`."""
    return tuple(f"{key_id}:{hmac.new(key, msisdn.encode(), sha256).hexdigest()}" for key_id, key in keys.items())


def own_rows(subject: Subject, columns: Iterable[str]) -> BooleanExpression | None:
    """Filter for rows that belong to the person; None where no column identifies one."""
    present = set(columns)
    filters = [
        matched
        for holding in subject.holdings
        for column, values in ((NUMBER_COLUMN, (holding.msisdn,)), (TOKEN_COLUMN, holding.tokens))
        if column in present and (matched := _held(holding, column, values, present)) is not None
    ]
    if CUSTOMER_COLUMN in present and subject.customer_ids:
        filters.append(In(term=CUSTOMER_COLUMN, literals=set(subject.customer_ids)))
    return _any_of(filters)


def mentions(subject: Subject, columns: Iterable[str]) -> BooleanExpression | None:
    """Filter for other people's rows that mention the person."""
    present = set(columns)
    return _any_of(
        [
            matched
            for holding in subject.holdings
            for column, values in (
                *((column, (holding.msisdn,)) for column in OTHER_NUMBER_COLUMNS),
                (OTHER_TOKEN_COLUMN, holding.tokens),
            )
            if column in present and (matched := _held(holding, column, values, present)) is not None
        ]
    )


def replacement(column: str) -> str | None:
    """What a mention's column holds afterwards."""
    return None if column == OTHER_TOKEN_COLUMN else ERASED_NUMBER


def _held(holding: Holding, column: str, values: tuple[str, ...], present: set[str]) -> BooleanExpression | None:
    """Rows with the number while it was the person's. Of a table without times, a shared number identifies nobody."""
    if not values:
        return None
    matched = In(term=column, literals=set(values))
    if not isinstance(holding.since, dt.datetime) or not isinstance(holding.until, dt.datetime):
        return matched
    if TIME_COLUMN not in present:
        return None
    since = GreaterThanOrEqual(term=TIME_COLUMN, value=holding.since.isoformat())
    return And(matched, since, LessThan(term=TIME_COLUMN, value=holding.until.isoformat()))


def _any_of(filters: Sequence[BooleanExpression]) -> BooleanExpression | None:
    if not filters:
        return None
    return filters[0] if len(filters) == 1 else Or(*filters)
