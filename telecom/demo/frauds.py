"""The fraud part of the demo: were all planted frauds found, nothing else, and how fast?"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contracts.ledger import PlantedFraud
from telecom.audit.alert_score import RuleScore, SeenAlert, percentile, score_rules, seconds_after_sending
from telecom.demo.accounts import AccountSummary, summarise_accounts
from telecom.demo.alert_watch import AlertWatch
from telecom.pipelines.bounded_sources import sources_started_at
from telecom.pipelines.up import RunningPipeline

# From the last event in Kafka to its committed alert it takes a checkpoint or two; this is many times that.
LAST_ALERT_SECONDS = 30.0
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class AlertSummary:
    """What fraud detection did: scores over all runs so far, delays of this run; None if nothing was measured."""

    rules: tuple[RuleScore, ...]
    first_seconds: float | None
    p50_seconds: float | None
    p99_seconds: float | None
    accounts: AccountSummary | None


@contextmanager
def watch_alerts(pipeline: RunningPipeline) -> Iterator[AlertWatch | None]:
    """Watch while the block runs; None for a pipeline that does not detect frauds."""
    if pipeline.resource.pipeline.fraud_detection is None:
        yield None
        return
    watch = AlertWatch(pipeline.state.store, pipeline.resource.ref, pipeline.state.run)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


def summarise(pipeline: RunningPipeline, watch: AlertWatch, planted: tuple[PlantedFraud, ...]) -> AlertSummary:
    """Score the alerts when all planted frauds are found, or as they are when that takes too long."""
    scores = _scores_when_complete(watch, planted)
    started = sources_started_at(pipeline.cluster, pipeline.resource)
    start_ms = int(started.timestamp() * 1000) if started else 0
    of_this_run = [seen for seen in watch.seen() if seen.alert.detection_time_ms >= start_ms]
    delays = seconds_after_sending(planted, of_this_run)
    return AlertSummary(
        rules=scores,
        first_seconds=_first_seconds(of_this_run, start_ms),
        p50_seconds=percentile(delays, 50),
        p99_seconds=percentile(delays, 99),
        accounts=summarise_accounts(pipeline, (seen.alert.event_id for seen in watch.seen())),
    )


def _scores_when_complete(watch: AlertWatch, planted: tuple[PlantedFraud, ...]) -> tuple[RuleScore, ...]:
    deadline = time.monotonic() + LAST_ALERT_SECONDS
    while True:
        scores = score_rules(planted, (seen.alert for seen in watch.seen()))
        if all(score.recall == 1.0 for score in scores) or time.monotonic() > deadline:
            return scores
        time.sleep(POLL_SECONDS)


def _first_seconds(seen: list[SeenAlert], start_ms: int) -> float | None:
    return min(((alert.arrival_ms - start_ms) / 1000 for alert in seen), default=None)
