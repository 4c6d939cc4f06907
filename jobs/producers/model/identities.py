"""Telephone, SIM and device numbers of subscribers, each a function of the subscriber's row number."""

import numpy as np

from contracts.subscribers import AREA_CODE_UNIT, AREA_CODES, COUNTRY_CODE_BASE, FIRST_LOCAL_NUMBER
from jobs.runtime.radio_network.towers import Indices

_IMSI_BASE = 310_260_000_000_000
# Type allocation codes (the first eight digits of an IMEI), made up.
_TYPE_CODES = np.array([35_104_710 + 1_013 * model for model in range(12)])
_SERIALS = 1_000_000


def msisdns(rows: Indices) -> Indices:
    """`contracts.subscribers.subscriber_msisdn` of every row, as integers."""
    area_codes = np.array(AREA_CODES)[rows % len(AREA_CODES)]
    numbers: Indices = COUNTRY_CODE_BASE + area_codes * AREA_CODE_UNIT + FIRST_LOCAL_NUMBER + rows
    return numbers


def imsis(rows: Indices) -> Indices:
    """15-digit SIM identities in the home network; the subscriber part is scattered, as SIMs are sold."""
    # A prime that does not divide 10**9 permutes the nine digits.
    identities: Indices = _IMSI_BASE + rows * 694_847_539 % 1_000_000_000
    return identities


def imeis(rows: Indices) -> Indices:
    """15-digit device identities with a valid check digit."""
    # The second term gives rows that share a serial different models.
    models = _TYPE_CODES[(rows + rows // _SERIALS) % len(_TYPE_CODES)]
    without_check = models * _SERIALS + rows % _SERIALS
    numbers: Indices = without_check * 10 + luhn_check_digits(without_check, digits=14)
    return numbers


def luhn_check_digits(numbers: Indices, digits: int) -> Indices:
    """Luhn check digit (ISO/IEC 7812-1) to append to each number of `digits` digits."""
    total = np.zeros_like(numbers)
    for place in range(digits):
        digit = numbers // 10**place % 10
        if place % 2 == 0:
            digit = digit * 2
            digit = digit - 9 * (digit > 9)
        total += digit
    check: Indices = -total % 10
    return check
