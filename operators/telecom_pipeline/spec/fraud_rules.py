"""`spec.fraudDetection.rules`: a section for each rule, made from the parameters in `contracts.fraud_rules`."""

from typing import Any

from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from contracts.events import FraudRule
from contracts.fraud_rules import PARAMETER_MODELS, RuleParameters
from contracts.fraud_rules.publication import DesiredRule
from operators.telecom_pipeline.spec.base import SpecModel

# For parameters whose own models leave the meaning to the name.
_DESCRIPTIONS = {
    "window_seconds": "Length of the window that the rule looks at, in seconds of event time.",
    "min_distinct_callee_share": "Smallest share of the calls that went to different numbers.",
    "max_incoming_share": "Largest share of the calls that were received.",
    "min_short_share": "Smallest share of the calls that were short.",
    "callback_window_seconds": "Seconds after the burst during which call-backs count.",
    "prefixes": "Leading digits of the numbers that count: a country code and any digits after it, without '+'.",
}


class RuleSection(SpecModel):
    """What all rules have."""

    enabled: bool = Field(default=True, description="Whether the rule raises alerts.")


def _described(name: str, field: FieldInfo) -> FieldInfo:
    description = field.description or _DESCRIPTIONS[name].rstrip(".")
    return FieldInfo.merge_field_infos(field, description=description + ".")


def _section(model: type[RuleParameters]) -> type[RuleSection]:
    fields: dict[str, Any] = {
        name: (field.annotation, _described(name, field)) for name, field in model.model_fields.items()
    }
    return create_model(f"{model.__name__}Section", __base__=RuleSection, __doc__=model.__doc__, **fields)


_SECTIONS = {rule: _section(model) for rule, model in PARAMETER_MODELS.items()}
_FIELDS: dict[str, Any] = {
    rule.value: (section, Field(default=section(), description=(section.__doc__ or "").strip()))
    for rule, section in _SECTIONS.items()
}
_WITH_A_FIELD_PER_RULE = create_model("FraudRules", __base__=SpecModel, **_FIELDS)


class FraudRules(_WITH_A_FIELD_PER_RULE):
    """The rules, each on or off, with its thresholds. A change reaches the running job without a restart."""


def desired_rules(rules: FraudRules) -> tuple[DesiredRule, ...]:
    """Every rule as the spec wants it, in a fixed order."""
    return tuple(_desired(rule, getattr(rules, rule.value)) for rule in PARAMETER_MODELS)


def _desired(rule: FraudRule, section: RuleSection) -> DesiredRule:
    return DesiredRule(
        rule=rule, enabled=section.enabled, parameters=section.model_dump(mode="json", exclude={"enabled"})
    )
