"""`telecom apply` and `telecom render` on a state directory in which nothing runs."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from telecom.cli.main import app

MINIMAL = Path("manifests/samples/minimal.yaml")


def telecom(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def state(tmp_path: Path) -> str:
    return str(tmp_path / "state")


def test_a_resource_is_created_then_unchanged_then_configured(tmp_path: Path, state: str) -> None:
    document = yaml.safe_load(MINIMAL.read_text())
    changed = tmp_path / "changed.yaml"
    changed.write_text(yaml.safe_dump(document | {"spec": {**document["spec"], "paused": True}}))
    for file, outcome in ((MINIMAL, "created"), (MINIMAL, "unchanged"), (changed, "configured")):
        done = telecom("apply", str(file), "--state", state)
        assert done.exit_code == 0
        assert f"{outcome}." in done.stderr
        assert "telecom up" in done.stderr, "nothing runs here, so it says what to do"


def test_rendering_needs_no_cluster_and_names_what_is_left_out(state: str) -> None:
    done = telecom("render", str(MINIMAL), "--state", state)
    assert {child["kind"] for child in yaml.safe_load_all(done.stdout)} >= {"Kafka", "KafkaTopic", "KafkaUser"}
    assert "# stage bronze is left out until Kafka's bootstrap servers" in done.stderr
    assert not Path(state).exists()


def test_a_program_gets_the_same_children_as_json(state: str) -> None:
    shown = telecom("render", str(MINIMAL), "--state", state, "-o", "json")
    as_yaml = telecom("render", str(MINIMAL), "--state", state)
    assert json.loads(shown.stdout) == list(yaml.safe_load_all(as_yaml.stdout))


def test_the_status_of_an_applied_pipeline_is_shown_before_anything_runs(state: str) -> None:
    telecom("apply", str(MINIMAL), "--state", state)
    shown = json.loads(telecom("status", "--state", state, "-o", "json").stdout)
    states = {component["component"]: component["state"] for component in shown}
    assert states["TelecomPipeline telecom/minimal"] == "Unknown"
