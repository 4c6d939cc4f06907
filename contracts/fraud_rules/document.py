"""Messages of the control topic `fraud_rules` and of its answers, `fraud_rule_reports`.

`fraud_rules` is compacted: key = name of the rule, value = one `RuleDocument` as JSON. The job accepts a document only
if it obeys the schema and its version is above the one in force. It refuses everything else: the old rule stays, and
a `RuleReport` says why.
"""

from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, model_validator

from contracts.events import FraudRule
from contracts.fraud_rules.parameters import PARAMETER_MODELS, RuleParameters

# The parameters that a job uses before it has read any document.
BUILT_IN_VERSION = 1


class RuleDocument(BaseModel):
    """One rule: on or off, with all its parameters. Parameters left out have their defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: FraudRule
    version: int = Field(ge=1, lt=2**31, description="Grows with every change of this rule")
    enabled: bool = True
    parameters: SerializeAsAny[RuleParameters]

    @model_validator(mode="before")
    @classmethod
    def _choose_parameters(cls, raw: Any) -> Any:
        """Read `parameters` with the model of the named rule."""
        if not isinstance(raw, dict) or isinstance(raw.get("parameters"), RuleParameters):
            return raw
        model = PARAMETER_MODELS.get(FraudRule(raw["rule"])) if raw.get("rule") in set(FraudRule) else None
        return raw if model is None else {**raw, "parameters": model.model_validate(raw.get("parameters", {}))}

    @classmethod
    def built_in(cls, rule: FraudRule) -> Self:
        """Return the rule as it works until somebody changes it."""
        return cls(rule=rule, version=BUILT_IN_VERSION, parameters=PARAMETER_MODELS[rule]())

    def to_record(self) -> tuple[bytes, bytes]:
        """Key and value of the Kafka record."""
        return self.rule.value.encode(), self.model_dump_json().encode()


class RefusalReason(StrEnum):
    """Why a document was refused."""

    UNPARSABLE = "unparsable"
    UNKNOWN_RULE = "unknown_rule"
    INVALID = "invalid"
    STALE_VERSION = "stale_version"


class RuleReport(BaseModel):
    """What the job did with one document; topic `fraud_rule_reports`, keyed by the rule's name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str = Field(description="As the document (or the record's key) named it")
    version: int | None = Field(default=None, description="As the document named it")
    accepted: bool
    reason: RefusalReason | None = None
    detail: str = Field(default="", description="What was wrong and which version stays in force")
    partition: int
    offset: int = Field(description="Place of the document on `fraud_rules`")


def built_in_documents() -> tuple[RuleDocument, ...]:
    """Return every rule with its defaults."""
    return tuple(RuleDocument.built_in(rule) for rule in PARAMETER_MODELS)


def parameter_schemas() -> dict[str, Any]:
    """JSON schema of each rule's parameters, keyed by the rule's name."""
    return {rule.value: model.model_json_schema() for rule, model in PARAMETER_MODELS.items()}
