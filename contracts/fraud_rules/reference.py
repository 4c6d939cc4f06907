"""The whole detector in plain Python: the Flink job must find the same in the same events in the same order."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from contracts.events import CallEvent, FraudAlert, FraudRule, SmsEvent
from contracts.fraud_rules.call_velocity import CallVelocity
from contracts.fraud_rules.document import RuleDocument, built_in_documents
from contracts.fraud_rules.impossible_travel import ImpossibleTravel
from contracts.fraud_rules.irsf import RevenueShare
from contracts.fraud_rules.sim_box import SimBox
from contracts.fraud_rules.sim_swap import SimSwap
from contracts.fraud_rules.wangiri import Wangiri


class ReferenceRule(Protocol):
    """One rule with the state of all its keys."""

    def evaluate(self, event: CallEvent | SmsEvent) -> FraudAlert | None:
        """Add one event, in order of arrival; return the alert that it completes."""


# Each class takes the parameters of its own rule, which PARAMETER_MODELS guarantees.
_RULES: dict[FraudRule, Callable[[Any], ReferenceRule]] = {
    FraudRule.IMPOSSIBLE_TRAVEL: ImpossibleTravel,
    FraudRule.CALL_VELOCITY: CallVelocity,
    FraudRule.SIM_BOX: SimBox,
    FraudRule.WANGIRI: Wangiri,
    FraudRule.IRSF: RevenueShare,
    FraudRule.SIM_SWAP: SimSwap,
}


class ReferenceDetector:
    """Runs every enabled rule over a stream; detection time is 0 in its alerts."""

    def __init__(self, documents: Iterable[RuleDocument] = built_in_documents()) -> None:
        self._rules = [
            (document.version, _RULES[document.rule](document.parameters)) for document in documents if document.enabled
        ]

    def evaluate(self, event: CallEvent | SmsEvent) -> list[FraudAlert]:
        """Add one event, in order of arrival; return the alerts that it completes."""
        found = ((version, rule.evaluate(event)) for version, rule in self._rules)
        return [alert.model_copy(update={"rule_version": version}) for version, alert in found if alert is not None]
