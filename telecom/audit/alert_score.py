"""Judges alerts against the frauds that the ledger says were planted. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from contracts.events import FraudAlert
from contracts.ledger import PlantedFraud


@dataclass(frozen=True)
class SeenAlert:
    """An alert and when a consumer that reads committed records got it, in milliseconds since the epoch."""

    alert: FraudAlert
    arrival_ms: int


@dataclass(frozen=True)
class RuleScore:
    """How well a rule found what was planted for it; a fraud is a subscriber of a rule."""

    rule: str
    planted: int
    found: int
    false_alarms: int

    @property
    def precision(self) -> float:
        """Share of the accused that were planted; 1 where nobody was accused."""
        accused = self.found + self.false_alarms
        return self.found / accused if accused else 1.0

    @property
    def recall(self) -> float:
        """Share of the planted that were accused; 1 where nothing was planted."""
        return self.found / self.planted if self.planted else 1.0


def score_rules(planted: Iterable[PlantedFraud], alerts: Iterable[FraudAlert]) -> tuple[RuleScore, ...]:
    """Score of every rule that has planted frauds or alerts, by name."""
    frauds = {(fraud.rule.value, fraud.msisdn) for fraud in planted}
    accused = {(alert.rule.value, alert.msisdn) for alert in alerts}
    return tuple(_score(rule, frauds, accused) for rule in sorted({rule for rule, _ in frauds | accused}))


def seconds_after_sending(planted: Iterable[PlantedFraud], seen: Iterable[SeenAlert]) -> list[float]:
    """Delay of each alert that is about a planted fraud, ascending.

    It counts from the moment at which the fraud's last event was handed to the Kafka client, by the ledger: event times
    would not do, since the generator plants frauds whose events are old when they are sent.
    """
    sent_at_ms = {event_id: fraud.sent_at_ms for fraud in planted for event_id in fraud.event_ids}
    delays_ms = (
        found.arrival_ms - sent
        for found in seen
        if (sent := sent_at_ms.get(found.alert.evidence_event_ids[-1])) is not None
    )
    return sorted(delay / 1000 for delay in delays_ms)


def percentile(ascending: Sequence[float], percent: int) -> float | None:
    """Percentile by linear interpolation; None without values."""
    if len(ascending) < 2:
        return ascending[0] if ascending else None
    return quantiles(ascending, n=100, method="inclusive")[percent - 1]


def _score(rule: str, frauds: set[tuple[str, str]], accused: set[tuple[str, str]]) -> RuleScore:
    of_rule = {fraud for fraud in frauds if fraud[0] == rule}
    accused_of_rule = {fraud for fraud in accused if fraud[0] == rule}
    return RuleScore(rule, len(of_rule), len(of_rule & accused_of_rule), len(accused_of_rule - of_rule))
