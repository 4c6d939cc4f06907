"""The README's claims, executed: its two make targets, its sample, and every telecom command, on a real demo run."""

import re
import shlex

import pytest
import yaml
from demo_run import DEMO_SECONDS, REPOSITORY, DemoRun

from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import kind_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.validate import validate

README = (REPOSITORY / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


TELECOM_COMMANDS = [command for command in commands() if command.startswith("telecom ")]


def test_it_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 150


def test_the_make_targets_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = [command.split()[1] for command in commands() if command.startswith("make ")]
    assert targets == ["demo", "test"]
    for target in targets:
        assert re.search(rf"^{target}: ", makefile, re.MULTILINE)


def test_the_resource_it_shows_is_valid() -> None:
    (block,) = blocks("yaml")
    resource = yaml.safe_load(block)
    assert kind_of(resource) == TELECOM_PIPELINE
    assert isinstance(validate(resource), Pipeline)


def test_the_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (REPOSITORY / target).exists(), target


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
@pytest.mark.parametrize("command", TELECOM_COMMANDS)
def test_every_telecom_command_works(demo: DemoRun, command: str) -> None:
    done = demo.telecom(*shlex.split(command)[1:])
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr
