"""Reference of `irsf` (international revenue share fraud): plain and slow; the Flink job must agree with it."""

from collections import defaultdict

from contracts.events import CallEvent, CallType, FraudAlert, SmsEvent
from contracts.fraud_rules.alerts import make_alert
from contracts.fraud_rules.history import History
from contracts.fraud_rules.parameters import RevenueShareParameters


class RevenueShare:
    """Adds up the conversation of calls that the account made to high-cost prefixes."""

    def __init__(self, parameters: RevenueShareParameters) -> None:
        self._parameters = parameters
        self._histories: defaultdict[str, History[CallEvent]] = defaultdict(History)

    def evaluate(self, event: CallEvent | SmsEvent) -> FraudAlert | None:
        """Add one event, in order of arrival; return the alert that it completes."""
        rule = self._parameters
        if not isinstance(event, CallEvent) or event.call_type == CallType.MOBILE_TERMINATED:
            return None
        if not event.called_msisdn.startswith(rule.prefixes):
            return None
        history = self._histories[event.msisdn]
        if not history.add(event, rule.allowed_lateness_seconds):
            return None
        windows = history.windows_around(event, rule.min_calls, rule.window_seconds)
        run = next((run for run in windows if _total_seconds(run) >= rule.min_total_seconds), None)
        if run is None:
            return None
        history.silence(run[-1].event_time_ms, rule.cooldown_seconds)
        return make_alert(
            rule.rule,
            event.msisdn,
            run,
            _total_seconds(run) / rule.min_total_seconds,
            msisdn=event.msisdn,
            imsi=event.imsi,
            call_count=len(run),
            window_seconds=rule.window_seconds,
            total_duration_seconds=_total_seconds(run),
            parallel_calls=_most_at_once(run),
        )


def _total_seconds(run: list[CallEvent]) -> int:
    return sum(call.duration_seconds for call in run)


def _most_at_once(run: list[CallEvent]) -> int:
    """Most calls that were going on at the start of one of them."""
    return max(sum(_is_going_on(call, other.event_time_ms) for call in run) for other in run)


def _is_going_on(call: CallEvent, moment_ms: int) -> bool:
    return call.event_time_ms <= moment_ms < call.event_time_ms + call.duration_seconds * 1000
