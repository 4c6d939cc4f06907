"""Reference of `call_velocity`: plain and slow; the Flink job must agree with it."""

from collections import defaultdict

from contracts.events import CallEvent, CallType, FraudAlert, SmsEvent
from contracts.fraud_rules.alerts import make_alert
from contracts.fraud_rules.history import History, denseness
from contracts.fraud_rules.parameters import CallVelocityParameters


class CallVelocity:
    """Counts the calls of one account, made (originated, forwarded) and, if the parameters say so, received."""

    def __init__(self, parameters: CallVelocityParameters) -> None:
        self._parameters = parameters
        self._histories: defaultdict[str, History[CallEvent]] = defaultdict(History)

    def evaluate(self, event: CallEvent | SmsEvent) -> FraudAlert | None:
        """Add one event, in order of arrival; return the alert that it completes."""
        rule = self._parameters
        if not isinstance(event, CallEvent):
            return None
        if event.call_type == CallType.MOBILE_TERMINATED and not rule.count_received_calls:
            return None
        history = self._histories[event.msisdn]
        if not history.add(event, rule.allowed_lateness_seconds):
            return None
        run = next(history.windows_around(event, rule.max_calls + 1, rule.window_seconds), None)
        if run is None:
            return None
        history.silence(run[-1].event_time_ms, rule.cooldown_seconds)
        return make_alert(
            rule.rule,
            event.msisdn,
            run,
            denseness(run, rule.window_seconds),
            msisdn=event.msisdn,
            imsi=event.imsi,
            call_count=len(run),
            window_seconds=rule.window_seconds,
        )
