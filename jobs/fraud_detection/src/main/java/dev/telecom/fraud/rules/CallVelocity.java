package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.Alerts;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.rules.RecentEvents.Shape;
import dev.telecom.fraud.rules.RuleParameters.CallVelocityParameters;

/** One account makes more calls within a window than are allowed. */
public final class CallVelocity implements Rule<RecentEvents, CallVelocityParameters> {
    @Override
    public Alert evaluate(ActivityEvent event, CallVelocityParameters rule, StateSlot<RecentEvents> slot) {
        if (!(rule.countReceivedCalls() ? event.type.isCall() : event.type.isCallMade())) {
            return null;
        }
        RecentEvents calls = slot.read();
        if (calls == null) {
            calls = new RecentEvents(0);
        }
        int length = rule.maxCalls() + 1;
        Shape shape = Shape.ofSeconds(length, rule.windowSeconds(), rule.allowedLatenessSeconds());
        int place = calls.add(event.eventTimeMs, event.eventId, shape);
        if (place < 0) {
            return null;
        }
        int start = calls.findRun(place, shape, (from, count) -> true);
        Alert alert = start < 0 ? null : alert(event, calls, start, rule);
        slot.write(calls);
        return alert;
    }

    private static Alert alert(ActivityEvent event, RecentEvents calls, int start, CallVelocityParameters rule) {
        int length = rule.maxCalls() + 1;
        long newestMs = calls.times[start + length - 1];
        double ratio = calls.denseness(start, length, rule.windowSeconds());
        Alert alert = Alerts.of(RuleName.CALL_VELOCITY, event.msisdn, calls.idsOf(start, length), newestMs, ratio);
        alert.msisdn = event.msisdn;
        alert.imsi = event.imsi;
        alert.callCount = length;
        alert.windowSeconds = rule.windowSeconds();
        calls.silence(newestMs + rule.cooldownSeconds() * 1000L);
        return alert;
    }
}
