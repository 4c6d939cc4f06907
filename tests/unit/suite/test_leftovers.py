"""What tests leave running is named and ended, whether their session ends or is killed."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytest_plugins = ("pytester",)

ALONE = ("tests",)
LANES = ("-p", "xdist", "-n", "2", "--dist", "loadgroup", "tests")
WAIT_SECONDS = 60
LEAVING = """
import pathlib, subprocess, sys, time, pytest
pytestmark = pytest.mark.engine

def test_it():
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    pathlib.Path("pid").write_text(str(left.pid))
    {then}
"""
ENDING = """
    left.kill()
    left.wait()
"""


def left_by(suite: pytest.Pytester) -> int:
    return int((suite.path / "pid").read_text())


def until_it_has_ended(pid: int) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("session", [ALONE, LANES], ids=["alone", "in lanes"])
def test_a_process_left_running_fails_the_session_and_is_ended(
    suite: pytest.Pytester, session: tuple[str, ...]
) -> None:
    suite.makepyfile(**{"tests/test_it": LEAVING.format(then="")})
    done = suite.runpytest_subprocess(*session)
    assert done.ret == pytest.ExitCode.INTERNAL_ERROR
    done.stdout.fnmatch_lines(["*left running by a test*", f"{left_by(suite)}: *time.sleep(600)*", "*1 passed*"])
    until_it_has_ended(left_by(suite))


def test_a_test_that_ends_what_it_started_passes(suite: pytest.Pytester) -> None:
    suite.makepyfile(**{"tests/test_it": LEAVING.format(then=ENDING.strip())})
    done = suite.runpytest_subprocess(*ALONE)
    assert done.ret == pytest.ExitCode.OK
    done.stdout.no_fnmatch_line("*left running*")


def test_what_a_killed_session_left_is_ended(suite: pytest.Pytester) -> None:
    suite.makepyfile(**{"tests/test_it": LEAVING.format(then="time.sleep(600)")})
    session = subprocess.Popen([sys.executable, "-m", "pytest", *ALONE], cwd=suite.path, stdout=subprocess.DEVNULL)
    pid = suite.path / "pid"
    deadline = time.monotonic() + WAIT_SECONDS
    while not (pid.is_file() and pid.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    folder = Path(psutil.Process(left_by(suite)).environ()["TMPDIR"])
    session.kill()
    session.wait()
    until_it_has_ended(left_by(suite))
    while folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
