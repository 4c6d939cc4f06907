"""Who the subscribers are: the rule by which a subscriber has the same number in the network and in the CRM.

Numbers follow the North American plan. The area code is where the first SIM was sold, not where the subscriber lives.
"""

AREA_CODES = (206, 212, 305, 213, 312, 214, 303, 617, 415, 404, 602, 612, 713, 503, 202, 702, 801, 504, 313, 208)
COUNTRY_CODE_BASE = 10_000_000_000
AREA_CODE_UNIT = 10_000_000
# Seven digits after the area code; a local number does not begin with 0 or 1.
FIRST_LOCAL_NUMBER = 2_000_000
MAX_SUBSCRIBERS = 7_999_999


def subscriber_msisdn(row: int) -> str:
    """MSISDN of subscriber `row` (0 to `MAX_SUBSCRIBERS` - 1), E.164 without '+'; no two rows share one."""
    area_code = AREA_CODES[row % len(AREA_CODES)]
    return str(COUNTRY_CODE_BASE + area_code * AREA_CODE_UNIT + FIRST_LOCAL_NUMBER + row)
