"""How people write phone numbers, and the one form in which the warehouse keeps them: E.164 without '+'. Pure.

The CRM's operators type numbers as they like, with spaces, brackets, '+', '00' or as they are dialled at home. The same
subscriber must get the same token in the network and in the CRM, so a number is brought into one form first. The dbt
macro `normalised_number` applies the same rules in SQL; a test on the engine holds the two together.
"""

import re
from collections.abc import Sequence

from contracts.settings import Settings

# What may stand between the digits: blanks (no-break, figure, thin ones too), brackets, dots, slashes, dashes.
SEPARATORS = "[ \\t\\r\\n\u00a0\u2007\u2009\u202f().\\-/\u2010-\u2015\u2212]"
E164 = "[1-9][0-9]{6,14}"


class SpellingRule(Settings):
    """A spelling and what it means: the number is `prefix`, then the pattern's only group."""

    pattern: str
    prefix: str = ""


class NumberSpelling(Settings):
    """How numbers are written in one country. The first rule whose pattern is all of the text, separators taken out,
    says what the number is.
    """

    separators: str = SEPARATORS
    rules: tuple[SpellingRule, ...]


def spelling(
    country_code: str, trunk_prefix: str, national_lengths: Sequence[int], international_prefix: str
) -> NumberSpelling:
    """Spelling of a country: its calling code, what is dialled before a national number (''; '0' in most countries),
    how many digits a national number may have, and what is dialled before a calling code ('00', '011').

    '00' is understood everywhere, and so is '+44 (0)20 …', which many write though nobody can dial it. Digits alone are
    first taken for a number of this country with its calling code, then for one without, then for a foreign one.
    """
    national = "(?:" + "|".join(f"[0-9]{{{length}}}" for length in sorted(national_lengths)) + ")"
    abroad = rf"(?:\+|{international_prefix}|00)"
    # No national number begins with the trunk prefix '0'; with an '8' (Belarus) or '1' it may.
    kept_trunk = [SpellingRule(pattern=f"{abroad}{country_code}0({national})", prefix=country_code)]
    rules = [
        *(kept_trunk if trunk_prefix == "0" else ()),
        SpellingRule(pattern=f"{abroad}({E164})"),
        SpellingRule(pattern=f"({country_code}{national})"),
        SpellingRule(pattern=f"{trunk_prefix}({national})", prefix=country_code),
        SpellingRule(pattern=f"({national})", prefix=country_code),
        SpellingRule(pattern=f"({E164})"),
    ]
    return NumberSpelling(rules=tuple(dict.fromkeys(rules)))


def normalised_number(text: str, written: NumberSpelling) -> str | None:
    """`text` as E.164 without '+'; None if it is not a phone number that `written` understands."""
    compact = re.sub(written.separators, "", text)
    for rule in written.rules:
        if match := re.fullmatch(rule.pattern, compact):
            number = rule.prefix + match[1]
            return number if re.fullmatch(E164, number) else None
    return None
