"""Reference of `sim_box`: plain and slow; the Flink job must agree with it."""

from collections import defaultdict

from contracts.events import CallEvent, CallType, FraudAlert, SmsEvent
from contracts.fraud_rules.alerts import make_alert
from contracts.fraud_rules.history import History
from contracts.fraud_rules.parameters import SimBoxParameters


class SimBox:
    """Judges the calls of one device, whichever SIM was in it."""

    def __init__(self, parameters: SimBoxParameters) -> None:
        self._parameters = parameters
        self._histories: defaultdict[str, History[CallEvent]] = defaultdict(History)

    def evaluate(self, event: CallEvent | SmsEvent) -> FraudAlert | None:
        """Add one event, in order of arrival; return the alert that it completes."""
        rule = self._parameters
        if not isinstance(event, CallEvent):
            return None
        history = self._histories[event.imei]
        if not history.add(event, rule.allowed_lateness_seconds):
            return None
        windows = history.windows_around(event, rule.min_calls, rule.window_seconds)
        run = next((run for run in windows if self._looks_like_a_sim_box(run)), None)
        if run is None:
            return None
        history.silence(run[-1].event_time_ms, rule.cooldown_seconds)
        imsis = {call.imsi for call in run}
        return make_alert(
            rule.rule,
            event.imei,
            run,
            len(imsis) / rule.min_imsis,
            msisdn=event.msisdn,
            imsi=event.imsi,
            imei=event.imei,
            call_count=len(run),
            window_seconds=rule.window_seconds,
            distinct_imsis=len(imsis),
            distinct_callees=len(_callees(run)),
            distinct_cells=len({call.cell_id for call in run}),
        )

    def _looks_like_a_sim_box(self, run: list[CallEvent]) -> bool:
        rule = self._parameters
        incoming = sum(call.call_type == CallType.MOBILE_TERMINATED for call in run)
        return (
            len({call.imsi for call in run}) >= rule.min_imsis
            and incoming <= rule.max_incoming_share * len(run)
            and len(_callees(run)) >= rule.min_distinct_callee_share * (len(run) - incoming)
            and len({call.cell_id for call in run}) <= rule.max_cells
        )


def _callees(run: list[CallEvent]) -> set[str]:
    return {call.called_msisdn for call in run if call.call_type != CallType.MOBILE_TERMINATED}
