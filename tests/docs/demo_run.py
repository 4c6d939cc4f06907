"""One run of the demo, which all tests of this folder look at, and the `telecom` command on its state."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
TELECOM = Path(sys.executable).with_name("telecom")
DEMO_SECONDS = 900
COMMAND_SECONDS = 600


@dataclass(frozen=True)
class DemoRun:
    """State directory and output of a demo that came to its good end."""

    state: Path
    output: str

    @property
    def report(self) -> dict[str, Any]:
        """What the demo wrote down about itself."""
        return dict(json.loads((self.state / "demo" / "report.json").read_text()))

    def telecom(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a verb on its state."""
        return run_telecom(arguments, self.state, COMMAND_SECONDS)

    def answer(self, *arguments: str) -> Any:
        """Run a verb that must succeed, and read its JSON."""
        done = self.telecom(*arguments, "--output", "json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def query(self, sql: str, user: str = "transformer") -> list[dict[str, Any]]:
        """Rows of a statement, as the jobs or somebody else may see them."""
        return list(self.answer("query", sql, "--user", user))


def run_telecom(arguments: tuple[str, ...], state: Path, timeout: int) -> subprocess.CompletedProcess[str]:
    """Run the command with its state in a folder."""
    environment = {**os.environ, "TELECOM_STATE": str(state)}
    return subprocess.run(
        [TELECOM, *arguments], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=timeout
    )
