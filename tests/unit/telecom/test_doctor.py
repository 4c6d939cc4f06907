import pytest

from telecom.doctor.finding import Severity
from telecom.doctor.versions import judge_amount, judge_version, parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', (17, 0, 15)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("\x1b[1mApache Maven 3.8.7\x1b[m", (3, 8, 7)),
        ("no number here", None),
    ],
)
def test_the_version_is_read_from_a_tools_own_words(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


def test_a_missing_tool_is_fatal_and_says_how_to_install_it() -> None:
    finding = judge_version("Maven", None, (3, 6), "apt-get install maven")
    assert finding.severity is Severity.FATAL
    assert finding.found == "not found"
    assert finding.advice == "needs 3.6 or newer: apt-get install maven"


def test_an_old_tool_is_fatal_and_a_newer_one_is_fine() -> None:
    assert judge_version("Java", "openjdk 11.0.2", (17,), "x").severity is Severity.FATAL
    assert judge_version("Java", "openjdk 21.0.1", (17,), "x").severity is Severity.OK


def test_a_tool_that_prints_no_version_is_quoted() -> None:
    finding = judge_version("Go", "command failed", (1, 24), "x")
    assert (finding.severity, finding.found) == (Severity.FATAL, "says 'command failed'")


def test_too_little_memory_is_a_warning_with_the_number() -> None:
    finding = judge_amount("memory", 1.5, 4, "close other programs")
    assert finding.severity is Severity.WARNING
    assert finding.advice == "4 GiB are recommended: close other programs"
    assert judge_amount("memory", 8, 4, "x").severity is Severity.OK
