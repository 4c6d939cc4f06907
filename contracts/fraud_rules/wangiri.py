"""Reference of `wangiri`: plain and slow; the Flink job must agree with it."""

from collections import defaultdict
from dataclasses import dataclass, field

from contracts.events import CallEvent, CallType, FraudAlert, SmsEvent
from contracts.fraud_rules.alerts import make_alert
from contracts.fraud_rules.history import History
from contracts.fraud_rules.parameters import WangiriParameters


@dataclass
class _Number:
    """What is known about a number that calls our subscribers: its calls, its burst, and who has called back since."""

    calls: History[CallEvent] = field(default_factory=History)
    burst: list[CallEvent] = field(default_factory=list)
    callbacks: dict[str, CallEvent] = field(default_factory=dict)


class Wangiri:
    """Judges the *other* party of a call: it called our subscribers (terminated legs), they call it (originated legs).

    Call-backs count from the moment the burst is known; earlier ones are not kept, since they would have to be for
    every number in the world. A burst stays in view until its call-back window is over; only a later burst may
    replace it before that.
    """

    def __init__(self, parameters: WangiriParameters) -> None:
        self._parameters = parameters
        self._numbers: defaultdict[str, _Number] = defaultdict(_Number)

    def evaluate(self, event: CallEvent | SmsEvent) -> FraudAlert | None:
        """Add one event, in order of arrival; return the alert that it completes."""
        if not isinstance(event, CallEvent):
            return None
        number = self._numbers[event.called_msisdn]
        if event.call_type == CallType.MOBILE_TERMINATED:
            self._note_call(number, event)
            return None
        if event.call_type == CallType.MOBILE_ORIGINATED and self._note_callback(number, event):
            return self._alert(number, event)
        return None

    def _note_call(self, number: _Number, event: CallEvent) -> None:
        rule = self._parameters
        if not number.calls.add(event, rule.allowed_lateness_seconds):
            return
        windows = number.calls.windows_around(event, rule.burst_calls, rule.window_seconds)
        found = next((run for run in windows if self._looks_like_bait(run)), None)
        if found is not None:
            number.burst, number.callbacks = found, {}
            number.calls.silent_until_ms = self._callbacks_until_ms(found) + 1

    def _looks_like_bait(self, run: list[CallEvent]) -> bool:
        rule = self._parameters
        short = sum(call.duration_seconds <= rule.short_call_seconds for call in run)
        return short >= rule.min_short_share * len(run) and len({call.msisdn for call in run}) >= rule.min_victims

    def _note_callback(self, number: _Number, event: CallEvent) -> bool:
        """Return True if the call is the first one back from its subscriber and completes the number that is needed."""
        burst = number.burst
        if not burst or not burst[0].event_time_ms <= event.event_time_ms <= self._callbacks_until_ms(burst):
            return False
        if event.msisdn in number.callbacks:
            return False
        number.callbacks[event.msisdn] = event
        return len(number.callbacks) >= self._parameters.min_callbacks

    def _callbacks_until_ms(self, burst: list[CallEvent]) -> int:
        return burst[-1].event_time_ms + self._parameters.callback_window_seconds * 1000

    def _alert(self, number: _Number, event: CallEvent) -> FraudAlert:
        rule = self._parameters
        victims = len({call.msisdn for call in number.burst})
        alert = make_alert(
            rule.rule,
            event.called_msisdn,
            [*number.burst, *number.callbacks.values()],
            victims / rule.min_victims,
            msisdn=event.called_msisdn,
            imsi="",
            call_count=len(number.burst),
            window_seconds=rule.window_seconds,
            victim_count=victims,
            callback_count=len(number.callbacks),
        )
        number.calls.silence(alert.event_time_ms, rule.cooldown_seconds)
        number.burst, number.callbacks = [], {}
        return alert
