import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from contracts import topics
from contracts.events import EVENT_MODELS, CallEvent, FraudAlert, FraudRule, SmsEvent
from contracts.fraud_rules import PARAMETER_MODELS, RuleDocument, WangiriParameters, built_in_documents
from contracts.fraud_rules.__main__ import RESOURCES, generated_files
from contracts.settings import FraudDetectionSettings, KafkaConnection

REPOSITORY = Path(__file__).resolve().parents[3]
JOB = REPOSITORY / "jobs" / "fraud_detection"


@pytest.mark.parametrize("name", sorted(generated_files()))
def test_the_job_carries_these_parameters(name: str) -> None:
    assert (REPOSITORY / RESOURCES / name).read_text() == generated_files()[name], (
        "generate again: python -m contracts.fraud_rules"
    )


def test_every_rule_of_the_wire_has_parameters() -> None:
    assert set(PARAMETER_MODELS) == set(FraudRule)


@pytest.mark.parametrize("document", built_in_documents(), ids=lambda document: document.rule)
def test_a_document_survives_the_wire(document: RuleDocument) -> None:
    key, value = document.to_record()
    assert key.decode() == document.rule
    assert RuleDocument.model_validate_json(value) == document


def test_parameters_left_out_have_their_defaults() -> None:
    document = RuleDocument.model_validate({"rule": "wangiri", "version": 2, "parameters": {"min_victims": 3}})
    assert document.parameters == WangiriParameters(min_victims=3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": "moon_phase", "version": 1},
        {"rule": "wangiri", "version": 0},
        {"rule": "wangiri", "version": 1, "parameters": {"min_victims": 0}},
        {"rule": "wangiri", "version": 1, "parameters": {"max_calls": 3}},
        {"rule": "irsf", "version": 1, "parameters": {"prefixes": ["+53"]}},
    ],
)
def test_a_wrong_document_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RuleDocument.model_validate(wrong)


def test_the_readme_lists_every_parameter_with_its_default() -> None:
    readme = (JOB / "README.md").read_text()
    for model in PARAMETER_MODELS.values():
        for name, field in model.model_fields.items():
            default = field.default if isinstance(field.default, str | int | float) else ", ".join(field.default)
            assert f"`{name}` {json.dumps(default) if isinstance(default, bool) else default}" in readme


def test_settings_name_the_topics_of_the_contracts() -> None:
    settings = FraudDetectionSettings(
        kafka=KafkaConnection(bootstrap_servers="k:9092"), consumer_group="g", transactional_id_prefix="t"
    )
    assert {settings.call_topic, settings.sms_topic, settings.alert_topic} == {
        model.topic for model in EVENT_MODELS if model in (CallEvent, SmsEvent, FraudAlert)
    }
    assert settings.rule_topic == topics.FRAUD_RULE_TOPIC
    assert settings.rule_report_topic == topics.FRAUD_RULE_REPORT_TOPIC


def test_the_job_reads_every_setting() -> None:
    source = (JOB / "src/main/java/dev/telecom/fraud/job/FraudDetectionSettings.java").read_text()
    for name in FraudDetectionSettings.model_fields:
        words = name.split("_")
        assert f" {words[0]}{''.join(map(str.capitalize, words[1:]))}" in source, f"{name} has no effect"
