"""Compares alerts with the frauds that were planted, according to the ledger. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from contracts.events import FraudAlert
from contracts.ledger import PlantedFraud


@dataclass(frozen=True)
class SeenAlert:
    """An alert, and when a consumer of committed records received it (milliseconds since the epoch)."""

    alert: FraudAlert
    arrival_ms: int


@dataclass(frozen=True)
class RuleScore:
    """How well a rule found what was planted for it. A subscriber counts once for each rule."""

    rule: str
    planted: int
    found: int
    false_alarms: int

    @property
    def precision(self) -> float:
        """Share of the accused who were planted; 1 if there are no accused."""
        accused = self.found + self.false_alarms
        return self.found / accused if accused else 1.0

    @property
    def recall(self) -> float:
        """Share of the planted who were accused; 1 if nothing was planted."""
        return self.found / self.planted if self.planted else 1.0


def score_rules(planted: Iterable[PlantedFraud], alerts: Iterable[FraudAlert]) -> tuple[RuleScore, ...]:
    """Scores of all rules that have planted frauds or alerts, ordered by name."""
    frauds = {(fraud.rule.value, fraud.msisdn) for fraud in planted}
    accused = {(alert.rule.value, alert.msisdn) for alert in alerts}
    return tuple(_score(rule, frauds, accused) for rule in sorted({rule for rule, _ in frauds | accused}))


def seconds_after_sending(planted: Iterable[PlantedFraud], seen: Iterable[SeenAlert]) -> list[float]:
    """Delay of each alert about a planted fraud, in ascending order.

    It starts when the last event of the fraud was handed to the Kafka client, as the ledger says. Event times would
    not do, because the generator also plants frauds whose events are old when they are sent.
    """
    sent_at_ms = {event_id: fraud.sent_at_ms for fraud in planted for event_id in fraud.event_ids}
    delays_ms = (
        found.arrival_ms - sent
        for found in seen
        if (sent := sent_at_ms.get(found.alert.evidence_event_ids[-1])) is not None
    )
    return sorted(delay / 1000 for delay in delays_ms)


def percentile(ascending: Sequence[float], percent: int) -> float | None:
    """Percentile by linear interpolation; None if there are no values."""
    if len(ascending) < 2:
        return ascending[0] if ascending else None
    return quantiles(ascending, n=100, method="inclusive")[percent - 1]


def _score(rule: str, frauds: set[tuple[str, str]], accused: set[tuple[str, str]]) -> RuleScore:
    of_rule = {fraud for fraud in frauds if fraud[0] == rule}
    accused_of_rule = {fraud for fraud in accused if fraud[0] == rule}
    return RuleScore(rule, len(of_rule), len(of_rule & accused_of_rule), len(accused_of_rule - of_rule))
