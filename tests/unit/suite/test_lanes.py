"""Tests that share engines are in one lane, in their order, and no lane is lost unseen."""

import re

import pytest
from lanes import require_both

pytest_plugins = ("pytester",)

LANES = ("-p", "xdist", "-v", "-n", "2", "--dist", "loadgroup", "-m", "engine")
PASSING = """
import pytest
pytestmark = pytest.mark.engine

@pytest.mark.parametrize("number", range(3))
def test_it(number):
    pass
"""
CRASHING_ONCE = """
import os, pathlib, pytest
pytestmark = pytest.mark.engine

def test_it():
    ran = pathlib.Path("ran")
    if not ran.exists():
        ran.touch()
        os._exit(9)
"""


def test_each_folder_of_engines_is_one_lane_in_its_order(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        **{f"tests/{name}": PASSING for name in ("cluster/test_a", "local/test_b", "local/sink/test_c", "docs/test_d")}
    )
    done = suite.runpytest_subprocess(*LANES, "tests")
    assert done.ret == pytest.ExitCode.OK
    workers: dict[str, list[str]] = {}
    for worker, nodeid in re.findall(r"^\[(gw\d)\].* PASSED (\S+)", done.stdout.str(), re.MULTILINE):
        workers.setdefault(worker, []).append(nodeid)
    lanes = {tuple(dict.fromkeys(nodeid.partition("::")[0] for nodeid in lane)) for lane in workers.values()}
    assert lanes == {
        ("tests/cluster/test_a.py", "tests/docs/test_d.py"),
        ("tests/local/sink/test_c.py", "tests/local/test_b.py"),
    }
    assert all([nodeid[-2] for nodeid in lane] == list("012012") for lane in workers.values())


def test_the_whole_suite_needs_both(suite: pytest.Pytester) -> None:
    suite.makepyfile(**{"tests/cluster/test_a": PASSING})
    done = suite.runpytest_subprocess(*LANES, "tests")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines("*no test for the lane of tests/local/: *")


def test_a_lane_without_a_test_is_named() -> None:
    require_both(["tests/cluster/test_a.py::test_it", "tests/local/test_b.py::test_it"])
    with pytest.raises(pytest.UsageError, match="the lane of the others:"):
        require_both(["tests/local/test_b.py::test_it"])


def test_a_lane_that_crashed_is_no_failure_that_may_pass_alone(suite: pytest.Pytester) -> None:
    suite.makepyfile(**{"tests/cluster/test_a": CRASHING_ONCE, "tests/local/test_b": PASSING})
    assert suite.runpytest_subprocess(*LANES, "tests").ret == pytest.ExitCode.INTERNAL_ERROR
