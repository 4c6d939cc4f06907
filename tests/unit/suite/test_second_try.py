"""A test that fails and then passes alone is named as a race; one that fails again fails the run."""

import pytest

pytest_plugins = ("pytester",)

SUITE = """
import pathlib

def test_that_races():
    ran = pathlib.Path("ran")
    was_there = ran.exists()
    ran.touch()
    assert was_there

def test_that_passes():
    pass
"""
FAILING = """
def test_that_fails():
    assert False
"""
AGAIN = ("--last-failed", "--last-failed-no-failures", "none", "--second-try")


def test_what_passes_only_then_is_named(suite: pytest.Pytester) -> None:
    suite.makepyfile(**{"tests/test_it": SUITE})
    assert suite.runpytest_inprocess("tests").ret == pytest.ExitCode.TESTS_FAILED
    again = suite.runpytest_inprocess(*AGAIN, "tests")
    assert again.ret == pytest.ExitCode.OK
    again.stdout.fnmatch_lines(["*failed first, passed alone*", "tests/test_it.py::test_that_races"])
    again.stdout.no_fnmatch_line("*::test_that_passes*")


def test_what_fails_again_is_no_race(suite: pytest.Pytester) -> None:
    suite.makepyfile(**{"tests/test_it": FAILING})
    suite.runpytest_inprocess("tests")
    again = suite.runpytest_inprocess(*AGAIN, "tests")
    assert again.ret == pytest.ExitCode.TESTS_FAILED
    again.stdout.no_fnmatch_line("*passed alone*")


def test_a_file_that_cannot_be_collected_is_no_failed_test(suite: pytest.Pytester) -> None:
    suite.makepyfile(**{"tests/test_it": "import no_such_module"})
    assert suite.runpytest_inprocess("tests").ret == pytest.ExitCode.INTERNAL_ERROR
