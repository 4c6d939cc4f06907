"""Finds out who a person is, from the CRM's log in bronze and from whose a number was when."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.expressions import BooleanExpression, In

from contracts.phone_numbers import NumberSpelling, normalised_number
from jobs.privacy.subject import (
    CUSTOMER_COLUMN,
    NUMBER_COLUMN,
    TOKEN_COLUMN,
    Holding,
    NotASubjectError,
    Subject,
    tokens_of,
)
from jobs.runtime.vault import KEYS

CUSTOMERS = ("bronze", "crm_customers")
OWNERS = ("gold", "dim_number_owners")
# Any spelling of a number ends in its last digits, once everything else is taken out.
LAST_DIGITS = 7


@dataclass(frozen=True)
class Ownership:
    """A row of `gold.dim_number_owners`."""

    token: str
    customer_id: str
    since: dt.datetime
    until: dt.datetime
    is_current: bool


def find_subject(catalog: Catalog, msisdn: str, written: NumberSpelling, customer_id: str | None = None) -> Subject:
    """All identifiers of the person who has this number, past numbers included, or of `customer_id` who had it.

    Raises `NotASubjectError` where the number alone does not say who is meant.
    """
    keys = {row["key_id"]: row["key"] for row in catalog.load_table(KEYS).scan().to_arrow().to_pylist()}
    tokens = tokens_of(msisdn, keys)
    owners = _ownerships(catalog, In(term=TOKEN_COLUMN, literals=set(tokens)))
    holders = {row[CUSTOMER_COLUMN] for row in _spelled_like(catalog, msisdn, written)}
    owner = chosen_owner(owners, holders, customer_id)
    if owner is None:
        return Subject((Holding(msisdn, tokens),))
    spellings = _spellings_of(catalog, owner)
    numbers = {number for text in spellings if (number := normalised_number(text, written))} | {msisdn}
    tokens_by_number = {number: tokens_of(number, keys) for number in sorted(numbers)}
    all_tokens = set(chain.from_iterable(tokens_by_number.values()))
    everybody = _ownerships(catalog, In(term=TOKEN_COLUMN, literals=all_tokens))
    holdings = [holdings_of(owner, number, of_number, everybody) for number, of_number in tokens_by_number.items()]
    return Subject(tuple(chain.from_iterable(holdings)), (owner,), tuple(sorted(spellings)))


def chosen_owner(owners: Sequence[Ownership], holders: Iterable[str], customer_id: str | None) -> str | None:
    """The customer who is meant, None if the number is nobody's in the CRM.

    Without `customer_id` that is who has the number now. Whoever had it once is never guessed at: after the erasure of
    its owner, the same command would go on to the owner before. Raises `NotASubjectError`.
    """
    known = {owner.customer_id for owner in owners}
    candidates = known | set(holders)
    if customer_id is not None:
        if customer_id not in candidates:
            raise NotASubjectError(f"the number never was {customer_id}'s, as far as CRM and lake know")
        return customer_id
    if unheard_of := set(holders) - known:
        if len(candidates) > 1:
            raise NotASubjectError(
                "the number has a new owner whom the lake does not know well yet: run the nightly run first"
            )
        return unheard_of.pop()
    current = {owner.customer_id for owner in owners if owner.is_current}
    if candidates and not current:
        raise NotASubjectError(
            f"the number is nobody's now; it was {', '.join(sorted(candidates))}'s: name who is meant as customer"
        )
    return current.pop() if current else None


def holdings_of(owner: str, number: str, tokens: Sequence[str], known: Sequence[Ownership]) -> list[Holding]:
    """When `number` was `owner`'s: without bounds if it never was anybody else's."""
    of_number = [ownership for ownership in known if ownership.token in tokens]
    if all(ownership.customer_id == owner for ownership in of_number):
        return [Holding(number, tuple(tokens))]
    spans = sorted({(o.since, o.until) for o in of_number if o.customer_id == owner})
    return [Holding(number, tuple(tokens), since, until) for since, until in spans]


def _ownerships(catalog: Catalog, row_filter: BooleanExpression) -> list[Ownership]:
    try:
        rows = catalog.load_table(OWNERS).scan(row_filter).to_arrow().to_pylist()
    except NoSuchTableError:
        return []
    return [
        Ownership(row[TOKEN_COLUMN], row[CUSTOMER_COLUMN], row["valid_from"], row["valid_to"], row["is_current"])
        for row in rows
    ]


def _spelled_like(catalog: Catalog, msisdn: str, written: NumberSpelling) -> list[Mapping[str, str]]:
    """Rows of the CRM's log with the number, in whatever spelling."""
    found = []
    for batch in (
        catalog.load_table(CUSTOMERS).scan(selected_fields=(CUSTOMER_COLUMN, NUMBER_COLUMN)).to_arrow_batch_reader()
    ):
        digits = pc.replace_substring_regex(batch.column(NUMBER_COLUMN).cast(pa.string()), "[^0-9]", "")
        near = batch.filter(pc.fill_null(pc.ends_with(digits, msisdn[-LAST_DIGITS:]), False))
        found += [row for row in near.to_pylist() if normalised_number(row[NUMBER_COLUMN], written) == msisdn]
    return found


def _spellings_of(catalog: Catalog, customer_id: str) -> set[str]:
    """Every spelling of a number that the CRM ever had of a customer."""
    row_filter = In(term=CUSTOMER_COLUMN, literals={customer_id})
    rows = catalog.load_table(CUSTOMERS).scan(row_filter, (NUMBER_COLUMN,)).to_arrow()
    return {text for text in rows.column(NUMBER_COLUMN).to_pylist() if text is not None}
