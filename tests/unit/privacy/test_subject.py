import hashlib
import hmac

import pytest
from pyiceberg.expressions import EqualTo, Or

from jobs.privacy.subject import (
    NotASubjectError,
    Subject,
    mentions,
    own_rows,
    replacement,
    require_number,
    tokens_of,
)

SUBJECT = Subject("12065550123", ("k1:aa",), ("CUST-1",))


def test_tokens_are_those_of_the_warehouse_for_every_key():
    digest = hmac.new(b"secret", b"12065550123", hashlib.sha256).hexdigest()
    assert tokens_of("12065550123", {"k1": b"secret", "k2": b"other"})[0] == f"k1:{digest}"


def test_rows_are_theirs_by_any_identifier_a_table_has():
    assert own_rows(SUBJECT, ["msisdn"]) == EqualTo(term="msisdn", value="12065550123")
    assert isinstance(own_rows(SUBJECT, ["msisdn", "customer_id"]), Or)
    assert own_rows(SUBJECT, ["tower_id"]) is None


def test_a_person_without_customer_id_is_still_found_by_number():
    unknown = Subject("12065550123", ("k1:aa",), ())
    assert own_rows(unknown, ["customer_id"]) is None
    assert own_rows(unknown, ["customer_id", "msisdn"]) == EqualTo(term="msisdn", value="12065550123")


def test_mentions_in_other_peoples_rows_are_replaced_not_deleted():
    assert mentions(SUBJECT, ["msisdn", "called_msisdn"]) == EqualTo(term="called_msisdn", value="12065550123")
    assert replacement("called_msisdn") == "000"
    assert replacement("other_party_token") is None


@pytest.mark.parametrize(
    "text", ["", "1", "312", "abc", "+12142009945", "1214 200 9945", "0123456789", "1" * 16, "12065550123\n"]
)
def test_only_a_whole_number_is_a_subject(text: str) -> None:
    with pytest.raises(NotASubjectError, match=r"7 to 15 digits"):
        require_number(text)


def test_a_whole_number_is_a_subject() -> None:
    assert require_number("12065550123") == "12065550123"
