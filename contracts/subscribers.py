"""Who the subscribers are: the one rule that gives the network's and the CRM's subscriber the same number."""

# 1 + area code 206 and on: valid North American numbers, ten million per block of ten area codes.
FIRST_MSISDN = 12_060_000_000


def subscriber_msisdn(index: int) -> str:
    """MSISDN of subscriber `index` (from 0), E.164 without '+'."""
    return str(FIRST_MSISDN + index)
