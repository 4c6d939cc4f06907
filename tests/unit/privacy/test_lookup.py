"""Who is meant by a number that several customers had."""

import datetime as dt

import pytest

from jobs.privacy.lookup import Ownership, chosen_owner, holdings_of
from jobs.privacy.subject import Holding, NotASubjectError

JANUARY, MARCH, MAY = (dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 3, 5))
FOR_EVER = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
TOKEN = "k1:aa"
FORMER = Ownership(TOKEN, "FORMER", JANUARY, MARCH, is_current=False)
PRESENT = Ownership(TOKEN, "PRESENT", MARCH, FOR_EVER, is_current=True)


def test_the_number_means_who_has_it_now() -> None:
    assert chosen_owner([FORMER, PRESENT], ["FORMER", "PRESENT"], None) == "PRESENT"


def test_who_had_it_once_has_to_be_named() -> None:
    assert chosen_owner([FORMER, PRESENT], ["FORMER", "PRESENT"], "FORMER") == "FORMER"
    with pytest.raises(NotASubjectError, match="it was FORMER's"):
        chosen_owner([FORMER], ["FORMER"], None)


def test_the_same_command_after_the_owners_erasure_does_not_go_on_to_the_owner_before() -> None:
    with pytest.raises(NotASubjectError):
        chosen_owner([FORMER], [], None)


def test_a_customer_who_never_had_the_number_is_not_erased_by_it() -> None:
    with pytest.raises(NotASubjectError, match="never was STRANGER's"):
        chosen_owner([PRESENT], ["PRESENT"], "STRANGER")


def test_before_the_first_night_the_only_holder_is_meant_and_of_several_nobody() -> None:
    assert chosen_owner([], ["PRESENT"], None) == "PRESENT"
    with pytest.raises(NotASubjectError, match="nightly run"):
        chosen_owner([FORMER], ["FORMER", "NEW"], None)


def test_a_number_of_nobody_in_the_crm_is_looked_for_as_it_is() -> None:
    assert chosen_owner([], [], None) is None


def test_a_number_that_was_nobody_elses_is_the_persons_at_all_times() -> None:
    twice = Ownership(TOKEN, "PRESENT", JANUARY, MARCH, is_current=False)
    assert holdings_of("PRESENT", "1", [TOKEN], [twice, PRESENT]) == [Holding("1", (TOKEN,))]


def test_a_number_that_came_back_is_the_persons_in_both_times() -> None:
    again = Ownership(TOKEN, "FORMER", MAY, FOR_EVER, is_current=True)
    between = Ownership(TOKEN, "PRESENT", MARCH, MAY, is_current=False)
    assert holdings_of("FORMER", "1", [TOKEN], [FORMER, between, again]) == [
        Holding("1", (TOKEN,), JANUARY, MARCH),
        Holding("1", (TOKEN,), MAY, FOR_EVER),
    ]
