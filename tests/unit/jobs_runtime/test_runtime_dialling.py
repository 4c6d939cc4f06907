"""Phone numbers in any spelling become one form, judged by Google's library, which is not what reads them."""

from pathlib import Path

import phonenumbers
import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from contracts.phone_numbers import normalised_number
from jobs.runtime.dialling import UnknownNumberingError, spelling_in

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
SPELLINGS = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
# Where a number is dialled at home with more than a prefix before it: Argentina puts a 15 into mobile numbers, Belarus
# an 8 and then a 0.
DIALLED_IN_A_WAY_OF_THEIR_OWN = {"AR", "BY"}
WITH_A_ZERO_BEFORE_NATIONAL_NUMBERS = [
    country for country in COUNTRIES if phonenumbers.PhoneMetadata.metadata_for_region(country).national_prefix == "0"
]
SEPARATORS = st.sampled_from([" ", "-", ".", "(", ")", "/", "\u00a0", "\u2011", "  "])


def e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")


def read_by_the_library(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    return e164(number) if phonenumbers.is_valid_number(number) else None


@pytest.mark.parametrize("country", COUNTRIES)
def test_each_spelling_of_a_number_of_each_country_becomes_the_same(country: str) -> None:
    written = spelling_in(country)
    examples = [found for kind in KINDS if (found := phonenumbers.example_number_for_type(country, kind))]
    assert examples
    for number in examples:
        texts = {phonenumbers.format_number(number, spelling) for spelling in SPELLINGS}
        if country in DIALLED_IN_A_WAY_OF_THEIR_OWN:
            texts.remove(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
        texts |= {e164(number), "00" + e164(number)}
        assert {text: normalised_number(text, written) for text in texts} == dict.fromkeys(texts, e164(number))


@settings(deadline=None)
@given(country=st.sampled_from(["US", "DE", "GB", "FR", "ES", "IN", "BR", "JP", "ZA", "NO"]), data=st.data())
def test_what_the_library_reads_as_a_number_is_read_alike(country: str, data: st.DataObject) -> None:
    digits = data.draw(st.text("0123456789", min_size=7, max_size=15))
    sign = data.draw(st.sampled_from(["", "+", "00"]))
    expected = read_by_the_library(("+" if sign else "") + digits, country)
    # Digits that are a valid number both with and without the calling code: nobody can know which is meant.
    assume(sign or read_by_the_library("+" + digits, country) in (None, expected))
    # The library repairs numbers of all countries, as only someone can who has every numbering plan at hand.
    assume(not sign or expected == digits or digits.startswith(str(phonenumbers.country_code_for_region(country))))
    if expected is not None and len(expected) <= 15:
        assert normalised_number(sign + digits, spelling_in(country)) == expected


@pytest.mark.parametrize("country", WITH_A_ZERO_BEFORE_NATIONAL_NUMBERS)
def test_a_trunk_prefix_in_brackets_is_no_part_of_the_number(country: str) -> None:
    number = phonenumbers.example_number(country)
    national = phonenumbers.national_significant_number(number)
    for text in (f"+{number.country_code} (0) {national}", f"00{number.country_code} 0{national}"):
        assert normalised_number(text, spelling_in(country)) == e164(number)


@pytest.mark.parametrize(
    ("country", "prefix"), [("US", "011"), ("AU", "0011"), ("JP", "010"), ("RU", "8 10"), ("FI", "00")]
)
def test_a_foreign_number_is_read_as_it_is_dialled_at_home(country: str, prefix: str) -> None:
    assert normalised_number(f"{prefix} 33 1 23 45 67 89", spelling_in(country)) == "33123456789"


@settings(deadline=None)
@given(digits=st.text("0123456789", min_size=10, max_size=10), data=st.data())
def test_separators_mean_nothing(digits: str, data: st.DataObject) -> None:
    written = spelling_in("US")
    strewn = "".join(digit + data.draw(st.one_of(st.just(""), SEPARATORS)) for digit in digits)
    assert normalised_number(strewn, written) == normalised_number(digits, written)


@settings(deadline=None)
@given(st.text())
def test_what_is_understood_is_a_whole_number_and_stays_the_same_when_read_again(text: str) -> None:
    written = spelling_in("US")
    number = normalised_number(text, written)
    if number is not None:
        assert number.isascii()
        assert number.isdigit()
        assert 7 <= len(number) <= 15
        assert normalised_number("+" + number, written) == number


@pytest.mark.parametrize("text", ["", "n/a", "911", "+", "++12065550123", "+1206555012x", "1" * 16, "\u0661" * 10, "0"])
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert normalised_number(text, spelling_in("US")) is None


def test_a_country_without_numbering_is_named() -> None:
    with pytest.raises(UnknownNumberingError, match="'XX'"):
        spelling_in("XX")


def test_dbt_by_hand_reads_numbers_as_in_the_united_states() -> None:
    project = yaml.safe_load((Path(__file__).parents[3] / "dbt_project" / "dbt_project.yml").read_text())
    assert project["vars"]["phone_numbers"] == spelling_in("US").model_dump(mode="json")
