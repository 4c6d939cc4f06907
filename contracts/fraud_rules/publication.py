"""Settings of `fraud_rules_publisher`: the rules as they should be on the control topic."""

from typing import Any

from contracts.events import FraudRule
from contracts.fraud_rules.document import RuleDocument
from contracts.settings import KafkaConnection, Settings
from contracts.topics import FRAUD_RULE_TOPIC


class DesiredRule(Settings):
    """One rule as it should be. It has no version: the publisher takes the one after the version on the topic."""

    rule: FraudRule
    enabled: bool
    parameters: dict[str, Any]

    def document(self, version: int) -> RuleDocument:
        """Return the rule as a document. Raises `pydantic.ValidationError` for unknown parameters."""
        return RuleDocument.model_validate(
            {"rule": self.rule, "version": version, "enabled": self.enabled, "parameters": self.parameters}
        )


class RulesPublisherSettings(Settings):
    """What `fraud_rules_publisher` needs."""

    kafka: KafkaConnection
    rule_topic: str = FRAUD_RULE_TOPIC
    rules: tuple[DesiredRule, ...]
