"""Verbs that no page shows any more, on the demo that runs: each works as its own Kafka user, with its settings."""

import shlex

import pytest
from demo_run import DEMO_SECONDS, DemoRun

pytestmark = [pytest.mark.engine, pytest.mark.timeout(DEMO_SECONDS + 600)]
COMMANDS = (
    "telecom render manifests/samples/demo.yaml",
    "telecom logs kafka-to-bronze --lines 5",
    "telecom replay-dlq --topic call_events --dry-run",
    "telecom accept-loss --topic call_events --dry-run",
    "telecom towers import manifests/samples/towers.csv --dry-run",
    "telecom run churn",
    "telecom apply manifests/samples/demo.yaml",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_verb_works_on_a_running_pipeline(demo: DemoRun, command: str) -> None:
    done = demo.telecom(*shlex.split(command)[1:])
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr
