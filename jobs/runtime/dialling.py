"""How phone numbers are written in a country, by Google's numbering metadata (package phonenumbers)."""

from phonenumbers import PhoneMetadata

from contracts.phone_numbers import NumberSpelling, spelling


class UnknownNumberingError(ValueError):
    """The numbering metadata does not know the country."""


def spelling_in(country: str) -> NumberSpelling:
    """Spelling in `country` (ISO 3166-1 alpha-2). Raises `UnknownNumberingError`."""
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or metadata.general_desc is None:
        raise UnknownNumberingError(
            f"no numbering plan is known for the country {country!r}; spec.transform.calendar.country is an"
            " ISO 3166-1 code such as US or DE."
        )
    return spelling(
        str(metadata.country_code),
        metadata.national_prefix or "",
        metadata.general_desc.possible_length,
        _international_prefix(metadata),
    )


def _international_prefix(metadata: PhoneMetadata) -> str:
    """What is dialled at home before a calling code. Where a carrier is chosen with it, people write 00."""
    prefix = (metadata.preferred_international_prefix or metadata.international_prefix or "").replace("~", "")
    # One that begins like a calling code (Cuba's 119) would be read into foreign numbers.
    return prefix if prefix.isdigit() and prefix[0] in "08" else "00"
