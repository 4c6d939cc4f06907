import pytest

from jobs.nightly.dbt.told_values import without_values


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Cannot cast 'Ada Chen' to INT", "Cannot cast … to INT"),
        ("Cannot cast +1 (206) 555-0123 to INT", "Cannot cast +… to INT"),
        ("bad row: ada.chen+x@mail.example.com, line 12", "bad row: …, line 12"),
        ("IMSI 310260123456789 in silver.silver_calls", "IMSI … in silver.silver_calls"),
        ("line 3:14: Column cannot be resolved", "line 3:14: Column cannot be resolved"),
    ],
)
def test_words_stay_and_values_go(told: str, shown: str) -> None:
    assert without_values(told) == shown


def test_an_apostrophe_takes_no_further_line_with_it() -> None:
    assert without_values("it can't\nfind the table\nand won't") == "it can't\nfind the table\nand won't"
