"""The README's claims, executed: `make demo`, its sample, and every command, on a real demo run."""

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest
import yaml
from console_blocks import Shown, code_blocks, shown_commands
from demo_run import DEMO_SECONDS, REPOSITORY, DemoRun
from operator_fixtures import endpoints_of

from charts.tools.helm import helm
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import kind_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render.pipeline_manifests import render
from operators.telecom_pipeline.validate.resource import validate

README = REPOSITORY / "README.md"
COMMANDS = shown_commands(README)
DEMO, ACTIVATE = "make demo", "source .venv/bin/activate"
# Commands that change a cluster of Kubernetes: what they install is tried on a real node by tests/cluster.
KUBERNETES = [shown.command for shown in COMMANDS if shown.command.startswith(("kubectl ", "helm "))]


def commands_of(program: str) -> list[Shown]:
    return [shown for shown in COMMANDS if shown.command.startswith(f"{program} ")]


def resource_in(file: Path) -> Pipeline:
    resource = yaml.safe_load(file.read_text())
    assert kind_of(resource) == TELECOM_PIPELINE
    outcome = validate(resource)
    assert isinstance(outcome, Pipeline)
    return outcome


def test_it_is_short_enough_to_be_read() -> None:
    assert len(README.read_text().splitlines()) <= 150


def test_every_command_is_of_a_kind_that_is_tried_here() -> None:
    tried = {shown.command for shown in commands_of("telecom")} | set(KUBERNETES)
    assert {shown.command for shown in COMMANDS} - tried == {DEMO, ACTIVATE}


def test_the_resource_it_shows_becomes_what_it_says(tmp_path: Path) -> None:
    (block,) = code_blocks(README.read_text(), "yaml")
    (tmp_path / "shown.yaml").write_text(block)
    pipeline = resource_in(tmp_path / "shown.yaml")
    said = {kind: int(count) for count, kind in re.findall(r"(\d+) `([A-Z]\w+)`", README.read_text())}
    assert said == Counter(child["kind"] for child in render(pipeline, endpoints_of(pipeline)))


def test_it_installs_upstream_charts_that_are_pinned_and_a_pipeline_that_is_valid() -> None:
    first, *_, last = KUBERNETES
    namespace, charts = first.split(" && ")
    assert namespace == "kubectl create namespace telecom"
    installer, *names = shlex.split(charts)
    assert (REPOSITORY / installer).is_file()
    assert set(names) <= set(yaml.safe_load((REPOSITORY / "versions.yaml").read_text())["upstreamCharts"])
    assert resource_in(REPOSITORY / last.removeprefix("kubectl apply -f ")).namespace == "telecom"


@pytest.mark.engine
@pytest.mark.parametrize("command", [command for command in KUBERNETES if command.startswith("helm ")])
def test_helm_renders_the_charts_that_it_installs(command: str) -> None:
    action, install, name, chart, *options = shlex.split(command)[1:]
    assert (action, install, options.pop()) == ("upgrade", "--install", "--wait")
    assert "kind: Service\n" in helm("template", name, str(REPOSITORY / chart), *options)


@pytest.mark.engine
@pytest.mark.timeout(DEMO_SECONDS + 60)
def test_the_demo_prints_what_it_shows(demo: DemoRun) -> None:
    (shown,) = (shown for shown in COMMANDS if shown.command == DEMO)
    assert shown.missing_in(demo.output) == []


@pytest.mark.engine
@pytest.mark.timeout(DEMO_SECONDS + 60)
def test_the_demo_balances_its_ledger_and_writes_the_report(demo: DemoRun) -> None:
    report = demo.report
    ledger = report["ledger"]
    assert ledger["balanced"] is True
    assert sum(ledger["produced"].values()) > 0
    for topic, produced in ledger["produced"].items():
        assert produced == ledger["bronze"][topic] + ledger["dlq"][topic]
        assert f"{produced:,}" in demo.output
    assert set(report["seconds"]) == {"fetch", "up", "run", "nightly"}
    assert {"kafka", "trino", "minio", "postgresql", "flink"} <= set(report["engines"])


@pytest.mark.engine
def test_the_demo_finds_every_planted_fraud_and_freezes_accounts(demo: DemoRun) -> None:
    alerts = demo.report["alerts"]
    assert {"call_velocity", "impossible_travel"} <= set(alerts["rules"])
    for rule, accuracy in alerts["rules"].items():
        assert accuracy == {"precision": 1.0, "recall": 1.0}
        assert rule in demo.output
    assert alerts["first_seconds"] > 0
    assert 0 < alerts["p50_seconds"] <= alerts["p99_seconds"]
    assert alerts["accounts"]["frozen"] > 0
    assert f"Accounts frozen in the CRM: {alerts['accounts']['frozen']};" in demo.output


@pytest.mark.engine
def test_the_demo_publishes_numbers_that_passed_every_gate(demo: DemoRun) -> None:
    report = demo.report
    assert report["gates"]["total"] == 15
    assert report["gates"]["failed"] == 0
    assert {"gold.fact_calls", "gold.dim_customers"} <= {item["table"] for item in report["published"]}
    assert all(str(item["snapshot"]) in demo.output for item in report["published"])
    assert report["ledger"]["gold_balanced"] is True


@pytest.mark.engine
def test_no_password_is_in_any_log_status_or_manifest(demo: DemoRun) -> None:
    passwords = [file.read_text().strip() for file in (demo.state / "secrets").iterdir() if file.is_file()]
    assert passwords
    told = [demo.output, demo.telecom("status", "-o", "json").stdout]
    told += [demo.telecom("render", "manifests/samples/demo.yaml").stdout]
    told += [log.read_text(errors="replace") for log in (demo.state / "logs").glob("*.log")]
    assert not [password for password in passwords if any(password in text for text in told)]


@pytest.mark.engine
@pytest.mark.parametrize("shown", commands_of("telecom"), ids=lambda shown: shown.command)
def test_every_telecom_command_prints_what_it_shows(demo: DemoRun, shown: Shown) -> None:
    done = demo.telecom(*shlex.split(shown.command)[1:])
    assert done.returncode == 0, done.stderr
    assert shown.missing_in(done.stdout) == []
