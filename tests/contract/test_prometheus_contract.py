"""Alert rules and dashboards, as Prometheus itself reads them: each rule fires when it should, and only then."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_package import missing_for_prometheus, prometheus_binaries

from local.artefacts.versions import REPOSITORY
from operators.telecom_pipeline.generate.monitoring.alert_rules import DATA_RULES, OPERATOR_RULES
from operators.telecom_pipeline.generate.monitoring.files import DASHBOARDS

MISSING = missing_for_prometheus()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.skipif(MISSING is not None, reason=f"no Prometheus here: {MISSING}"),
]

RULES_FILE = REPOSITORY / "manifests" / "alerts" / "telecom.yaml"
RULES = {rule.name: rule for rule in OPERATOR_RULES + DATA_RULES}
PIPELINE = {"namespace": "telecom", "pipeline": "demo"}
TOPIC = {**PIPELINE, "topic": "call_events"}
POD = {**PIPELINE, "pod": "demo-cdr-producer-0"}
GATE = {**PIPELINE, "gate": "freshness", "owner": "data"}
STATUSES = ("True", "False", "Unknown")
EVAL = "40m"
Series = tuple[str, dict[str, str], str]


def condition(kind: str, status: str, value: int = 1) -> Series:
    return ("telecom_operator_pipeline_condition", {**PIPELINE, "type": kind, "status": status}, f"{value}x60")


# One sample a minute: what makes each rule fire, with the labels of its alert.
FIRES: dict[str, tuple[list[Series], dict[str, str]]] = {
    "TelecomPipelineDegraded": (
        [condition("Degraded", "True")],
        PIPELINE,
    ),
    "TelecomOperatorWithoutLeader": ([("telecom_operator_leader", {"pod": "a"}, "0x60")], {}),
    "TelecomOperatorErrors": ([("telecom_operator_reconciles_total", {"result": "Error"}, "0+60x60")], {}),
    "TelecomOperatorStaleWatch": ([("telecom_operator_watch_age_seconds", {"pod": "a"}, "0+60x60")], {}),
    "TelecomSinkStuck": (
        [
            ("telecom_sink_lag_records", {**TOPIC, "partition": "0"}, "5x60"),
            ("telecom_sink_last_commit_time_seconds", TOPIC, "0x60"),
        ],
        TOPIC,
    ),
    "TelecomSinkLagGrows": (
        [
            ("telecom_sink_lag_records", {**TOPIC, "partition": "0"}, "0+20000x60"),
            ("telecom_operator_pipeline_lag_limit_records", PIPELINE, "100000x60"),
        ],
        PIPELINE,
    ),
    "TelecomBronzeStale": ([condition("BronzeFresh", "False")], PIPELINE),
    "TelecomPublicationLate": ([condition("Published", "False")], PIPELINE),
    "TelecomDeadLetters": (
        [
            ("telecom_sink_dead_letters_total", {**TOPIC, "reason": "malformed"}, "0+2x60"),
            ("telecom_sink_rows_total", TOPIC, "0+100x60"),
        ],
        TOPIC,
    ),
    "TelecomProducerBehind": ([("telecom_producer_behind_seconds", POD, "90x60")], POD),
    "TelecomKafkaPartitionsUnderReplicated": (
        [("kafka_server_replicamanager_underreplicatedpartitions", POD, "2x60")],
        PIPELINE,
    ),
    "TelecomKafkaPartitionsOffline": (
        [("kafka_controller_kafkacontroller_offlinepartitionscount", POD, "1x60")],
        PIPELINE,
    ),
    "TelecomFraudCheckpointsFail": (
        [("flink_jobmanager_job_numberOfFailedCheckpoints", PIPELINE, "0+1x60")],
        PIPELINE,
    ),
    "TelecomFreezerSlow": (
        [
            ("telecom_freezer_alert_to_decision_seconds_bucket", {**PIPELINE, "le": "60"}, "0x60"),
            ("telecom_freezer_alert_to_decision_seconds_bucket", {**PIPELINE, "le": "300"}, "0+10x60"),
            ("telecom_freezer_alert_to_decision_seconds_bucket", {**PIPELINE, "le": "+Inf"}, "0+10x60"),
        ],
        PIPELINE,
    ),
    "TelecomFreezerActionsUnpublished": ([("telecom_freezer_unpublished_actions", POD, "1x60")], PIPELINE),
    "TelecomGateFailed": (
        [("telecom_gate_outcome", {**GATE, "layer": "gold"}, "2x60")],
        GATE,
    ),
}
LEADER: Series = ("telecom_operator_leader", {"pod": "leader"}, "1x60")
# A pipeline that is well, as far as each rule looks.
HEALTHY: list[Series] = [
    condition("Degraded", "True", 0),
    condition("Degraded", "False"),
    condition("Ready", "True"),
    # Nobody can tell: the sources send nothing, no nightly run has been.
    *(
        condition(kind, status, int(status == "Unknown"))
        for kind in ("BronzeFresh", "Published")
        for status in STATUSES
    ),
    ("telecom_operator_reconciles_total", {"result": "Ready"}, "0+60x60"),
    ("telecom_operator_watch_age_seconds", {"pod": "a"}, "20x60"),
    ("telecom_sink_lag_records", {**TOPIC, "partition": "0"}, "0x60"),
    ("telecom_operator_pipeline_lag_limit_records", PIPELINE, "100000x60"),
    ("telecom_sink_last_commit_time_seconds", TOPIC, "0x60"),  # nothing is sent: an old commit is no fault
    ("telecom_sink_dead_letters_total", {**TOPIC, "reason": "malformed"}, "0+1x60"),
    ("telecom_sink_rows_total", TOPIC, "0+1000x60"),
    ("telecom_producer_behind_seconds", POD, "0.5x60"),
    ("kafka_server_replicamanager_underreplicatedpartitions", POD, "0x60"),
    ("kafka_controller_kafkacontroller_offlinepartitionscount", POD, "0x60"),
    ("flink_jobmanager_job_numberOfFailedCheckpoints", PIPELINE, "1x60"),
    ("telecom_freezer_alert_to_decision_seconds_bucket", {**PIPELINE, "le": "1"}, "0+10x60"),
    ("telecom_freezer_alert_to_decision_seconds_bucket", {**PIPELINE, "le": "+Inf"}, "0+10x60"),
    ("telecom_freezer_unpublished_actions", POD, "0x60"),
    ("telecom_gate_outcome", {**GATE, "layer": "gold"}, "1x60"),
]


def promtool(*arguments: str) -> None:
    command = [str(prometheus_binaries() / "promtool"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def selector(name: str, labels: dict[str, str]) -> str:
    return f"{name}{{{', '.join(f'{key}={chr(34)}{value}{chr(34)}' for key, value in labels.items())}}}"


def inputs(series: list[Series]) -> list[dict[str, str]]:
    return [{"series": selector(name, labels), "values": values} for name, labels, values in series]


def expected(name: str, labels: dict[str, str]) -> dict[str, Any]:
    rule = RULES[name]

    def filled(text: str) -> str:
        return re.sub(r"{{ \$labels\.(\w+) }}", lambda match: labels[match[1]], text)

    annotations = {"summary": filled(rule.summary), "action": filled(rule.action)}
    return {"exp_labels": {**labels, "severity": rule.severity}, "exp_annotations": annotations}


def case(series: list[Series], alerts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    rule_tests = [{"eval_time": EVAL, "alertname": name, "exp_alerts": found} for name, found in alerts.items()]
    return {"interval": "1m", "input_series": inputs(series), "alert_rule_test": rule_tests}


def run_cases(folder: Path, cases: list[dict[str, Any]]) -> None:
    file = folder / "cases.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES_FILE)], "tests": cases}))
    promtool("test", "rules", str(file))


def test_prometheus_accepts_the_rules() -> None:
    promtool("check", "rules", "--lint-fatal", str(RULES_FILE))


def test_every_rule_has_a_case_and_fires_in_it(tmp_path: Path) -> None:
    assert FIRES.keys() == RULES.keys()
    run_cases(tmp_path, [case(series, {name: [expected(name, labels)]}) for name, (series, labels) in FIRES.items()])


def test_no_rule_fires_while_all_is_well(tmp_path: Path) -> None:
    run_cases(tmp_path, [case([LEADER, *HEALTHY], {name: [] for name in RULES})])


def test_prometheus_can_read_every_query_of_the_dashboards(tmp_path: Path) -> None:
    expressions = [query.expression for board in DASHBOARDS for panel in board.panels for query in panel.queries]
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(expressions)
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", str(file))


def test_the_limit_of_each_pipeline_decides_about_its_lag(tmp_path: Path) -> None:
    strict, patient = PIPELINE, {**PIPELINE, "pipeline": "other"}
    series: list[Series] = []
    for pipeline, limit in ((strict, 100_000), (patient, 2_000_000)):
        series.append(("telecom_operator_pipeline_lag_limit_records", pipeline, f"{limit}x60"))
        # Each topic alone is within both limits; together they are not.
        for topic in ("call_events", "sms_events"):
            labels = {**pipeline, "topic": topic, "partition": "0"}
            series.append(("telecom_sink_lag_records", labels, "40000+1000x60"))
    found = expected("TelecomSinkLagGrows", strict)
    run_cases(tmp_path, [case([LEADER, *series], {"TelecomSinkLagGrows": [found]})])


def test_a_lag_beyond_the_limit_that_shrinks_is_left_alone(tmp_path: Path) -> None:
    series: list[Series] = [
        ("telecom_operator_pipeline_lag_limit_records", PIPELINE, "100000x60"),
        ("telecom_sink_lag_records", {**TOPIC, "partition": "0"}, "900000-1000x60"),
    ]
    run_cases(tmp_path, [case([LEADER, *series], {"TelecomSinkLagGrows": []})])
