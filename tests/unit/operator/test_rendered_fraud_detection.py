"""What rendering promises of fraud detection and the account freezer."""

from typing import Any

import pytest
from operator_fixtures import changed, endpoints_of, pipeline_of, sample

from contracts.account_freezer_settings import AccountFreezerSettings
from contracts.fraud_rules.publication import RulesPublisherSettings
from contracts.settings import FraudDetectionSettings, SinkSettings
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.endpoints import Endpoints
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render import missing_endpoints, render
from operators.telecom_pipeline.render.flink_configuration import CHECKPOINT_TIMEOUT_SECONDS
from operators.telecom_pipeline.validate import validate

FRAUD = sample("fraud")


def rendered(resource: Manifest = FRAUD) -> dict[str, Manifest]:
    pipeline = pipeline_of(resource)
    return {f"{m['kind']}/{m['metadata']['name']}": m for m in render(pipeline, endpoints_of(pipeline))}


def flink_spec(resource: Manifest = FRAUD) -> dict[str, Any]:
    spec: dict[str, Any] = rendered(resource)["FlinkDeployment/fraud-fraud-detection"]["spec"]
    return spec


def settings_text(name: str, resource: Manifest = FRAUD) -> str:
    text: str = rendered(resource)[f"ConfigMap/fraud-{name}"]["data"]["settings.json"]
    return text


def rights(name: str) -> set[str]:
    acls = rendered()[f"KafkaUser/fraud-{name}"]["spec"]["authorization"]["acls"]
    return {
        f"{operation} {acl['resource']['type']} {acl['resource']['name']} {acl['resource']['patternType']}"
        for acl in acls
        for operation in acl["operations"]
        if operation != "Describe"
    }


def test_without_the_section_nothing_of_it_is_rendered() -> None:
    without = changed(FRAUD, "spec", {key: value for key, value in FRAUD["spec"].items() if key != "fraudDetection"})
    assert not [name for name in rendered(without) if any(word in name for word in ("fraud-fraud", "alert", "freezer"))]
    assert not [name for name in rendered(without) if name.startswith("FlinkDeployment")]


def test_without_a_freezer_alerts_are_only_reported() -> None:
    without = changed(FRAUD, "spec.fraudDetection", {})
    assert not [name for name in rendered(without) if "freezer" in name or "account" in name]
    assert "KafkaTopic/fraud-fraud-alerts" in rendered(without)


def test_alerts_and_actions_go_to_bronze_like_every_event() -> None:
    sink = SinkSettings.model_validate_json(settings_text("kafka-to-bronze"))
    assert sink.topics[-2:] == ("fraud_alerts", "account_actions")
    assert {"KafkaTopic/fraud-fraud-alerts-dlq", "KafkaTopic/fraud-account-actions-dlq"} <= rendered().keys()


def test_the_rules_topic_is_compacted_so_that_it_always_has_every_rule() -> None:
    topic = rendered()["KafkaTopic/fraud-fraud-rules"]["spec"]
    assert topic["config"]["cleanup.policy"] == "compact"
    assert topic["partitions"] == 1


def test_each_user_may_only_do_what_its_component_does() -> None:
    assert rights("fraud-detection") == {
        "Read topic call_events literal",
        "Read topic sms_events literal",
        "Read topic fraud_rules literal",
        "Write topic fraud_alerts literal",
        "Write topic fraud_rule_reports literal",
        "Read group fraud-fraud-detection literal",
        "Write transactionalId fraud-fraud-detection prefix",
    }
    assert rights("account-freezer") == {
        "Read topic fraud_alerts literal",
        "Write topic account_actions literal",
        "Write topic fraud_alerts_dlq literal",
        "Read group fraud-account-freezer literal",
    }
    assert rights("fraud-rules-publisher") == {
        "Read topic fraud_rules literal",
        "Write topic fraud_rules literal",
        "Read group fraud-fraud-rules-publisher literal",
    }
    assert rights("alert-reader") == {"Read topic fraud_alerts literal", "Read group fraud-alert-reader literal"}


def test_settings_are_what_the_jobs_read() -> None:
    detection = FraudDetectionSettings.model_validate_json(settings_text("fraud-detection"))
    assert detection.transactional_id_prefix == "fraud-fraud-detection"
    freezer = AccountFreezerSettings.model_validate_json(settings_text("account-freezer"))
    assert freezer.policy.allowed_msisdns == ("12062000000",)
    rules = RulesPublisherSettings.model_validate_json(settings_text("fraud-rules-publisher")).rules
    assert len(rules) == 6
    assert {rule.rule.value for rule in rules if not rule.enabled} == {"wangiri"}


def test_kafka_keeps_a_transaction_longer_than_a_checkpoint_may_take() -> None:
    slow = changed(FRAUD, "spec.fraudDetection.checkpointIntervalSeconds", 300)
    detection = FraudDetectionSettings.model_validate_json(settings_text("fraud-detection", slow))
    assert detection.transaction_timeout_seconds > 300 + CHECKPOINT_TIMEOUT_SECONDS


def test_flink_gets_credentials_by_environment_only() -> None:
    spec = flink_spec()
    (container,) = spec["podTemplate"]["spec"]["containers"]
    assert {variable["name"] for variable in container["env"]} == {
        "KAFKA_PASSWORD",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    }
    assert all("valueFrom" in variable for variable in container["env"])
    assert not [key for key in spec["flinkConfiguration"] if "secret" in key or "access-key" in key]


def test_flinks_configuration_is_flat_sorted_and_text() -> None:
    configuration = flink_spec()["flinkConfiguration"]
    assert list(configuration) == sorted(configuration)
    assert {type(value) for value in configuration.values()} == {str}


def test_state_lies_below_the_warehouse_in_a_folder_of_the_pipeline() -> None:
    configuration = flink_spec(changed(FRAUD, "spec.storage.s3.prefix", "lake"))["flinkConfiguration"]
    folders = {key: value for key, value in configuration.items() if str(value).startswith("s3://")}
    assert set(folders.values()) == {
        f"s3://lakehouse/lake/flink/fraud/{name}" for name in ("checkpoints", "savepoints", "ha")
    }


def test_autoscaler_settings_get_their_prefix() -> None:
    scaled = changed(FRAUD, "spec.fraudDetection.autoscaler", {"enabled": "true"})
    assert flink_spec(scaled)["flinkConfiguration"]["job.autoscaler.enabled"] == "true"


def test_suspending_stops_the_job_with_its_state_and_the_freezer() -> None:
    suspended = changed(FRAUD, "spec.desiredState", "Suspended")
    assert flink_spec(suspended)["job"]["state"] == "suspended"
    assert rendered(suspended)["Deployment/fraud-account-freezer"]["spec"]["replicas"] == 0


def test_a_change_of_a_rule_makes_a_new_run_of_the_publisher_and_leaves_the_job_alone() -> None:
    before, after = rendered(), rendered(changed(FRAUD, "spec.fraudDetection.rules.callVelocity.maxCalls", 26))
    touched = {name for name in before if before[name] != after[name]} - {"ConfigMap/fraud-accepted-spec"}
    assert touched == {"ConfigMap/fraud-fraud-rules-publisher", "Job/fraud-fraud-rules-publisher"}
    digests = [
        manifests["Job/fraud-fraud-rules-publisher"]["metadata"]["annotations"]["telecom.dev/run-digest"]
        for manifests in (before, after)
    ]
    assert digests[0] != digests[1]


def test_the_default_parallelism_is_at_most_the_partitions() -> None:
    small = changed(changed(FRAUD, "spec.fraudDetection", {}), "spec.kafka.topics.partitions", 1)
    assert flink_spec(small)["job"]["parallelism"] == 1


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("spec.sources", {"networkProbe": {}}, "spec.fraudDetection: needs calls and SMS"),
        ("spec.fraudDetection.parallelism", 4, "spec.fraudDetection.parallelism: must be at most the partitions"),
        ("spec.fraudDetection.restart", {"initialBackoffSeconds": 90}, "spec.fraudDetection.restart: initialBackoff"),
        (
            "spec.fraudDetection.accountFreezer.crm.connection",
            {"host": "crm", "database": "crm"},
            "spec.fraudDetection.accountFreezer.crm: give exactly one",
        ),
        (
            "spec.fraudDetection.accountFreezer.policy.minSeverity",
            "extreme",
            "spec.fraudDetection.accountFreezer.policy.minSeverity: must be one of",
        ),
        (
            "spec.fraudDetection.rules.callVelocity.maxCals",
            3,
            "spec.fraudDetection.rules.callVelocity.maxCals: is not a field",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_its_path(path: str, value: object, expected: str) -> None:
    problems = validate(changed(FRAUD, path, value))
    assert isinstance(problems, tuple)
    assert [str(problem) for problem in problems if str(problem).startswith(expected)], list(map(str, problems))


def test_a_missing_crm_holds_back_the_freezer_only() -> None:
    pipeline = pipeline_of(FRAUD)
    known = endpoints_of(pipeline)
    without_crm = Endpoints(known.bootstrap_servers, known.s3_endpoint, known.catalog)
    assert missing_endpoints(pipeline, without_crm) == {Stage.ACCOUNT_FREEZER: ("the address of the CRM database",)}
    names = {manifest["metadata"]["name"] for manifest in render(pipeline, without_crm)}
    assert "fraud-kafka-to-bronze" in names
    assert not [
        manifest
        for manifest in render(pipeline, without_crm)
        if manifest["kind"] == "Deployment" and manifest["metadata"]["name"] == "fraud-account-freezer"
    ]
