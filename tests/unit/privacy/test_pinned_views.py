import pytest

from jobs.privacy.erase import UnknownPinError, pinned_to

UNPINNED = "SELECT *\nFROM\n  iceberg.bronze.call_events\nWHERE (duration_seconds > 12)\n"


def pinned_as(pin: str) -> str:
    return UNPINNED.replace("call_events", f"call_events {pin}")


@pytest.mark.parametrize("pin", ["FOR VERSION AS OF 12", "for version\n  as of 12"])
def test_a_view_shows_another_snapshot_and_is_otherwise_as_dbt_made_it(pin: str) -> None:
    assert pinned_to(pinned_as(pin), 34) == pinned_as("for version as of 34")


def test_a_view_that_names_no_snapshot_stays_as_it_is() -> None:
    assert pinned_to(UNPINNED, 34) == UNPINNED


@pytest.mark.parametrize("pin", ["FOR VERSION AS OF BIGINT '12'", "FOR TIMESTAMP AS OF DATE '2026-11-20'"])
def test_a_view_is_not_left_at_a_snapshot_that_is_gone(pin: str) -> None:
    with pytest.raises(UnknownPinError, match=pin):
        pinned_to(pinned_as(pin), 34)
