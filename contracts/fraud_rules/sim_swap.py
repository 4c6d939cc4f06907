"""Reference of `sim_swap`: plain and slow; the Flink job must agree with it."""

from collections import defaultdict
from dataclasses import dataclass, field

from contracts.events import CallEvent, FraudAlert, SmsDirection, SmsEvent
from contracts.fraud_rules.alerts import make_alert
from contracts.fraud_rules.history import History, denseness
from contracts.fraud_rules.parameters import SimSwapParameters


@dataclass
class _Line:
    """What is known about one number: its SIM by the newest event, and the last change of SIM."""

    imsi: str
    newest_ms: int
    swap_event: CallEvent | SmsEvent | None = None
    previous_imsi: str = ""
    messages: History[SmsEvent] = field(default_factory=History)


class SimSwap:
    """Notices a change of SIM by the newest event and watches the messages the new SIM receives."""

    def __init__(self, parameters: SimSwapParameters) -> None:
        self._parameters = parameters
        self._lines: dict[str, _Line] = {}
        self._silent_until_ms: defaultdict[str, int] = defaultdict(int)

    def evaluate(self, event: CallEvent | SmsEvent) -> FraudAlert | None:
        """Add one event, in order of arrival; return the alert that it completes."""
        line = self._lines.setdefault(event.msisdn, _Line(event.imsi, event.event_time_ms))
        if event.imsi != line.imsi:
            if event.event_time_ms <= line.newest_ms:
                return None  # a late event of the old SIM
            self._lines[event.msisdn] = line = _Line(event.imsi, event.event_time_ms, event, line.imsi)
        line.newest_ms = max(line.newest_ms, event.event_time_ms)
        if isinstance(event, SmsEvent) and event.direction == SmsDirection.MOBILE_TERMINATED:
            return self._note_message(line, event)
        return None

    def _note_message(self, line: _Line, event: SmsEvent) -> FraudAlert | None:
        rule = self._parameters
        swap = line.swap_event
        if swap is None:
            return None
        since_swap_ms = event.event_time_ms - swap.event_time_ms
        if not 0 <= since_swap_ms <= rule.watch_seconds * 1000:
            return None
        line.messages.silent_until_ms = self._silent_until_ms[event.msisdn]
        if not line.messages.add(event, rule.allowed_lateness_seconds):
            return None
        run = next(line.messages.windows_around(event, rule.min_sms, rule.window_seconds), None)
        if run is None:
            return None
        self._silent_until_ms[event.msisdn] = run[-1].event_time_ms + rule.cooldown_seconds * 1000
        evidence = run if swap in run else [swap, *run]
        return make_alert(
            rule.rule,
            event.msisdn,
            evidence,
            denseness(run, rule.window_seconds),
            msisdn=event.msisdn,
            imsi=event.imsi,
            window_seconds=rule.window_seconds,
            previous_imsi=line.previous_imsi,
            sms_count=len(run),
        )
