"""What an activity costs its subscriber, in US dollars, to the cent."""

import numpy as np
import numpy.typing as npt

from jobs.runtime.radio_network.geometry import Floats
from jobs.runtime.radio_network.towers import Indices

Flags = npt.NDArray[np.bool_]

_PREPAID_CENTS_PER_MINUTE = 5
_EXTRA_CENTS_PER_MINUTE = 3
_ROAMING_CENTS_PER_MINUTE = 20
_PREPAID_CENTS_PER_PART = 2
_ROAMING_CENTS_PER_PART = 10
_PREPAID_CENTS_PER_MEBIBYTE = 1
_ROAMING_CENTS_PER_MEBIBYTE = 5
_MEBIBYTE = 2**20
# Contract customers pay per use only beyond their allowance.
_BEYOND_ALLOWANCE_SHARE = 0.12


def call_usd(rng: np.random.Generator, seconds: Indices, is_outgoing: Flags, prepaid: Flags, roaming: Flags) -> Floats:
    """Charge per call: started minutes; incoming calls are free unless the subscriber roams."""
    minutes = -(-seconds // 60)
    beyond = rng.random(len(seconds)) < _BEYOND_ALLOWANCE_SHARE
    rate = np.where(prepaid, _PREPAID_CENTS_PER_MINUTE, np.where(beyond, _EXTRA_CENTS_PER_MINUTE, 0))
    return _dollars(minutes * (np.where(is_outgoing, rate, 0) + np.where(roaming, _ROAMING_CENTS_PER_MINUTE, 0)))


def sms_usd(parts: Indices, is_outgoing: Flags, prepaid: Flags, roaming: Flags) -> Floats:
    """Charge per message: parts sent; contracts include them at home."""
    rate = np.where(prepaid, _PREPAID_CENTS_PER_PART, 0) + np.where(roaming, _ROAMING_CENTS_PER_PART, 0)
    return _dollars(np.where(is_outgoing, parts * rate, 0))


def data_usd(rng: np.random.Generator, octets: Indices, prepaid: Flags, roaming: Flags) -> Floats:
    """Charge per data session: started mebibytes; contracts pay beyond their allowance."""
    mebibytes = -(-octets // _MEBIBYTE)
    pays = prepaid | (rng.random(len(octets)) < _BEYOND_ALLOWANCE_SHARE)
    rate = np.where(pays, _PREPAID_CENTS_PER_MEBIBYTE, 0) + np.where(roaming, _ROAMING_CENTS_PER_MEBIBYTE, 0)
    return _dollars(mebibytes * rate)


def _dollars(cents: Indices) -> Floats:
    dollars: Floats = cents / 100
    return dollars
