"""Numbers, addresses and names as the macros write them on the engine, judged by plain Python."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import jinja2
import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from warehouse import Warehouse

from contracts.phone_numbers import NumberSpelling, normalised_number
from jobs.runtime.dialling import spelling_in

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
MACROS = Path(__file__).parents[3] / "dbt_project" / "macros" / "columns"
MADE_OF = ("normalised_number", "without_separators", "mask_msisdn", "mask_email", "mask_name", "postal_district")
STARS = "***"
CHARACTERS = "0123456789" * 3 + "+-(). /" * 2 + "@@..\u00a0\u2011\u0661ABab\u00e9\u738b'\n\\$\""


def sql_of(macro: str, written: NumberSpelling) -> str:
    """What the macro makes of a column named `text`."""
    settings = {"phone_numbers": written.model_dump(mode="json")}
    engine = jinja2.Environment(autoescape=False)
    engine.globals["run_setting"] = settings.get
    texts = "".join((MACROS / f"{name}.sql").read_text() for name in MADE_OF)
    return engine.from_string(texts + "{{ " + macro + "('text') }}").render().strip()


def made_by(warehouse: Warehouse, macro: str, texts: Sequence[str], country: str = "US") -> dict[str, str | None]:
    values = ", ".join("(" + repr(number) + ", U&'" + unicode_escaped(text) + "')" for number, text in enumerate(texts))
    rows = warehouse.rows(
        f"select number, {sql_of(macro, spelling_in(country))} as made from (values {values}) as t (number, text)"
    )
    return {texts[row["number"]]: row["made"] for row in rows}


def unicode_escaped(text: str) -> str:
    return "".join(f"\\+{ord(character):06x}" for character in text)


def noise(seed: int, count: int = 400) -> list[str]:
    random = Random(seed)
    return ["".join(random.choices(CHARACTERS, k=random.randint(0, 18))) for _ in range(count)]


def spelled_numbers(country: str) -> list[str]:
    """A mobile and a landline number in every spelling."""
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    spellings = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
    numbers = [found for kind in kinds if (found := phonenumbers.example_number_for_type(country, kind))]
    texts = [phonenumbers.format_number(number, spelling) for number in numbers for spelling in spellings]
    return list(dict.fromkeys(texts + [spelled for text in texts for spelled in (text[1:], text.replace("+", "00"))]))


def masked_number(text: str) -> str:
    kept = [character for character in text if character not in " \t\r\n\u00a0\u2007\u2009\u202f().-/\u2011"]
    digits = kept[1:] if kept[:1] == ["+"] else kept
    is_number = 7 <= len(digits) <= 17 and all(character in "0123456789" for character in digits)
    return STARS + "".join(digits[-2:]) if is_number else STARS


def masked_address(text: str) -> str:
    mailbox, at, domain = text.partition("@")
    labels = domain.split(".")
    is_plain = at and mailbox and not any(character.isspace() or character in '"<>' for character in mailbox)
    is_domain = len(labels) > 1 and all(label.isascii() and label.replace("-", "a").isalnum() for label in labels)
    if not is_plain or not is_domain:
        return STARS
    return (mailbox[0] if len(mailbox) > 1 else "") + STARS + at + domain


def masked_names(text: str) -> str:
    if any(not (character.isalpha() or character in "'\u2019. -") for character in text) or not any(
        map(str.isalpha, text)
    ):
        return STARS
    return " ".join(masked_word(word) if word else "" for word in text.split(" "))


def masked_word(word: str) -> str:
    return (word[0] if word[0].isalpha() and sum(map(str.isalpha, word)) > 1 else "") + STARS


ONE_LETTER_NAMES = ("J", "J.", "'J", "Ada J Chen")


@pytest.mark.parametrize("country", ["US", "DE", "IT", "NO", "RU", "BR"])
def test_a_number_is_read_as_the_jobs_read_it(warehouse: Warehouse, country: str) -> None:
    texts = spelled_numbers(country) + noise(1)
    written = spelling_in(country)
    expected = {text: normalised_number(text, written) for text in texts}
    assert made_by(warehouse, "normalised_number", texts, country) == expected
    assert len({number for number in expected.values() if number}) >= 2


@pytest.mark.parametrize(
    ("macro", "mask", "texts"),
    [
        (
            "mask_msisdn",
            masked_number,
            ["+1 206-555-0123", "12065550123", "(206) 555-0123", "555-01", "tel 2065550123"],
        ),
        (
            "mask_email",
            masked_address,
            ["ada@example.com", "a@example.com", '"a@b"@example.com', "ada@home", "a b@c.de"],
        ),
        (
            "mask_name",
            masked_names,
            [
                *ONE_LETTER_NAMES,
                "Ada Chen",
                "O'Neil-\u00d6zt\u00fcrk",
                "\u738b\u5c0f\u660e",
                "+1 206 555 0123",
                "ada@example.com",
                "",
            ],
        ),
    ],
)
def test_a_mask_shows_what_it_understands_and_nothing_of_the_rest(
    warehouse: Warehouse, macro: str, mask: Callable[[str], str], texts: list[str]
) -> None:
    texts = texts + noise(2)
    expected = {text: mask(text) for text in texts}
    assert made_by(warehouse, macro, texts) == expected
    assert {STARS} < set(expected.values())


def test_a_postal_district_never_is_the_whole_code(warehouse: Warehouse) -> None:
    districts = {"75001": "750", "SW1A 1AA": "SW1", "0150": "01", "101": "1", "12": "", "": ""}
    assert made_by(warehouse, "postal_district", list(districts)) == districts


@pytest.mark.parametrize("macro", ["normalised_number", "mask_msisdn", "mask_email", "mask_name", "postal_district"])
def test_nothing_stays_nothing(warehouse: Warehouse, macro: str) -> None:
    made = sql_of(macro, spelling_in("US"))
    assert warehouse.value(f"select {made} from (values cast(null as varchar)) as t (text)") is None
