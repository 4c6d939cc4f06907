import datetime as dt
import hashlib
import hmac

import pytest
from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual, LessThan, Or

from jobs.privacy.subject import (
    Holding,
    NotASubjectError,
    Subject,
    mentions,
    own_rows,
    replacement,
    require_number,
    tokens_of,
)
from jobs.runtime.dialling import spelling_in

NUMBER, TOKENS = "12065550123", ("k1:aa",)
SUBJECT = Subject((Holding(NUMBER, TOKENS),), ("CUST-1",), ("+1 206 555 0123",))
SINCE, UNTIL = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
SHARED = Subject((Holding(NUMBER, TOKENS, SINCE, UNTIL),), ("CUST-1",), ("+1 206 555 0123",))
WRITTEN = spelling_in("US")


def test_tokens_are_those_of_the_warehouse_for_every_key():
    digest = hmac.new(b"secret", b"12065550123", hashlib.sha256).hexdigest()
    assert tokens_of("12065550123", {"k1": b"secret", "k2": b"other"})[0] == f"k1:{digest}"


def test_rows_are_theirs_by_any_identifier_a_table_has():
    assert own_rows(SUBJECT, ["msisdn"]) == EqualTo(term="msisdn", value="12065550123")
    assert isinstance(own_rows(SUBJECT, ["msisdn", "customer_id"]), Or)
    assert own_rows(SUBJECT, ["tower_id"]) is None


def test_a_person_without_customer_id_is_still_found_by_number():
    unknown = Subject((Holding(NUMBER, TOKENS),))
    assert own_rows(unknown, ["customer_id"]) is None
    assert own_rows(unknown, ["customer_id", "msisdn"]) == EqualTo(term="msisdn", value="12065550123")


def test_mentions_in_other_peoples_rows_are_replaced_not_deleted():
    assert mentions(SUBJECT, ["msisdn", "called_msisdn"]) == EqualTo(term="called_msisdn", value="12065550123")
    assert replacement("called_msisdn") == "000"
    assert replacement("other_party_token") is None


@pytest.mark.parametrize("text", ["", "1", "312", "abc", "1" * 16, "12065550123, 12065550124", "%"])
def test_only_a_whole_number_is_a_subject(text: str) -> None:
    with pytest.raises(NotASubjectError, match=r"7 to 15 digits"):
        require_number(text, WRITTEN)


@pytest.mark.parametrize("text", ["12065550123", "+1 206-555-0123", "(206) 555-0123", "0012065550123"])
def test_a_whole_number_is_a_subject_in_any_spelling(text: str) -> None:
    assert require_number(text, WRITTEN) == NUMBER


def test_of_a_number_that_others_had_too_only_the_persons_time_is_theirs() -> None:
    number, since, until = (
        EqualTo(term="msisdn", value=NUMBER),
        GreaterThanOrEqual(term="event_time", value=SINCE.isoformat()),
        LessThan(term="event_time", value=UNTIL.isoformat()),
    )
    assert own_rows(SHARED, ["msisdn", "event_time"]) == And(number, since, until)
    assert own_rows(SHARED, ["msisdn", "customer_id"]) == EqualTo(term="customer_id", value="CUST-1")
    assert own_rows(SHARED, ["subscriber_token", "event_date"]) is None
    called = EqualTo(term="called_msisdn", value=NUMBER)
    assert mentions(SHARED, ["called_msisdn", "event_time"]) == And(called, since, until)


def test_what_others_have_too_is_not_searched_for() -> None:
    assert set(SUBJECT.needles) == {NUMBER, "k1:aa", "CUST-1", "+1 206 555 0123"}
    assert SHARED.needles == ("CUST-1",)
