"""The tutorial, executed from its first command to its last on a demo run: after all tests that look at that run."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_blocks import Shown, shown_commands
from demo_run import COMMAND_SECONDS, DEMO_SECONDS, REPOSITORY, DemoRun

pytestmark = [pytest.mark.engine, pytest.mark.timeout(DEMO_SECONDS + 600)]

STEPS = shown_commands(REPOSITORY / "docs" / "tutorial.md")
# The demo has run, and its environment is that of the tests.
DONE_BEFORE = ("make demo", "source ")
CHANGE = "telecom up "
LOOKS = ("telecom alerts", "telecom query ", "telecom status")
# Ten seconds of traffic, a checkpoint or a commit, and as much again many times over.
SHOWS_WITHIN_SECONDS = 90.0
POLL_SECONDS = 1.0
CALLS_BEFORE, CALLS_AFTER = 26, 11


class Reader:
    """Somebody in a folder with the samples, who types the commands."""

    def __init__(self, folder: Path, demo: DemoRun) -> None:
        self.folder, self.demo = folder, demo
        (folder / "manifests").symlink_to(REPOSITORY / "manifests")

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command line."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "TELECOM_STATE": str(self.demo.state)},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )

    def follow(self, step: Shown) -> None:
        """Run a command until it shows what the page shows; one that changes something is run once."""
        deadline = time.monotonic() + (SHOWS_WITHIN_SECONDS if step.command.startswith(LOOKS) else 0)
        while True:
            done = self.type(step.command)
            assert bool(done.returncode) is step.fails, done.stderr
            missing = step.missing_in(done.stdout + done.stderr)
            if not missing or time.monotonic() > deadline:
                assert not missing, done.stdout + done.stderr
                return
            time.sleep(POLL_SECONDS)

    def evidence(self) -> set[int]:
        """How many calls the alerts of the rule have as their evidence."""
        alerts = self.demo.answer("alerts")
        return {len(alert["evidence_event_ids"]) for alert in alerts if alert["rule"] == "call_velocity"}


@pytest.fixture(scope="module")
def reader(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    yield Reader(tmp_path_factory.mktemp("reader"), demo)


def steps_until(command: str) -> int:
    return next(number for number, step in enumerate(STEPS) if step.command.startswith(command)) + 1


def test_the_rule_fires_where_the_page_says_before_the_change(reader: Reader) -> None:
    assert reader.evidence() == {CALLS_BEFORE}


def test_every_command_up_to_the_change_works(reader: Reader) -> None:
    for step in STEPS[: steps_until(CHANGE)]:
        if not step.command.startswith(DONE_BEFORE):
            reader.follow(step)


def test_the_changed_rule_makes_the_alerts_that_the_page_shows(reader: Reader) -> None:
    deadline = time.monotonic() + SHOWS_WITHIN_SECONDS
    while reader.evidence() == {CALLS_BEFORE} and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    assert reader.evidence() == {CALLS_BEFORE, CALLS_AFTER}


def test_every_command_after_the_change_works(reader: Reader) -> None:
    for step in STEPS[steps_until(CHANGE) :]:
        reader.follow(step)
    assert not reader.demo.state.exists()
