"""The demo, run once for all tests of this folder; they end with the tutorial, whose last command deletes its state."""

from collections.abc import Iterator

import pytest
from demo_run import COMMAND_SECONDS, DEMO_SECONDS, DemoRun, run_telecom


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    """A demo run."""
    state = tmp_path_factory.mktemp("demo") / "state"
    try:
        done = run_telecom(("demo",), state, DEMO_SECONDS)
        assert done.returncode == 0, done.stdout + done.stderr
        yield DemoRun(state, done.stdout)
    finally:
        run_telecom(("clean", "--yes"), state, COMMAND_SECONDS)
