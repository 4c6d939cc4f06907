package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.Alerts;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.ActivityType;
import dev.telecom.fraud.rules.RecentEvents.RunTest;
import dev.telecom.fraud.rules.RecentEvents.Shape;
import dev.telecom.fraud.rules.RuleParameters.SimBoxParameters;

/** One device with many SIMs calls many strangers from one cell and is hardly ever called. Keyed by device. */
public final class SimBox implements Rule<RecentEvents, SimBoxParameters> {
    private static final int IMSI = 0;
    private static final int CALLEE = 1;
    private static final int CELL = 2;
    private static final int INCOMING = 3;
    private static final int FACTS = 4;
    private static final RunTest ALL = (start, length) -> true;

    @Override
    public Alert evaluate(ActivityEvent event, SimBoxParameters rule, StateSlot<RecentEvents> slot) {
        if (!event.type.isCall()) {
            return null;
        }
        RecentEvents calls = slot.read();
        if (calls == null) {
            calls = new RecentEvents(FACTS);
        }
        Shape shape = Shape.ofSeconds(rule.minCalls(), rule.windowSeconds(), rule.allowedLatenessSeconds());
        int place = calls.add(event.eventTimeMs, event.eventId, shape);
        if (place < 0) {
            return null;
        }
        calls.setFact(place, IMSI, event.imsi);
        calls.setFact(place, CALLEE, event.otherParty);
        calls.setFact(place, CELL, event.cell);
        calls.setFact(place, INCOMING, event.type == ActivityType.CALL_TERMINATED ? 1 : 0);
        RecentEvents seen = calls;
        int start = calls.findRun(place, shape, (from, count) -> looksLikeSimBox(seen, from, count, rule));
        Alert alert = start < 0 ? null : alert(event, calls, start, rule);
        slot.write(calls);
        return alert;
    }

    private static boolean looksLikeSimBox(RecentEvents calls, int start, int length, SimBoxParameters rule) {
        if (calls.distinct(IMSI, start, length, ALL) < rule.minImsis()) {
            return false; // the usual case: a device has one SIM
        }
        int incoming = 0;
        for (int place = start; place < start + length; place++) {
            incoming += (int) calls.fact(place, INCOMING);
        }
        return incoming <= rule.maxIncomingShare() * length
                && callees(calls, start, length) >= rule.minDistinctCalleeShare() * (length - incoming)
                && calls.distinct(CELL, start, length, ALL) <= rule.maxCells();
    }

    private static int callees(RecentEvents calls, int start, int length) {
        return calls.distinct(CALLEE, start, length, (place, one) -> calls.fact(place, INCOMING) == 0);
    }

    private static Alert alert(ActivityEvent event, RecentEvents calls, int start, SimBoxParameters rule) {
        int length = rule.minCalls();
        long newestMs = calls.times[start + length - 1];
        int imsis = calls.distinct(IMSI, start, length, ALL);
        double ratio = (double) imsis / rule.minImsis();
        Alert alert = Alerts.of(RuleName.SIM_BOX, event.imei, calls.idsOf(start, length), newestMs, ratio);
        alert.msisdn = event.msisdn;
        alert.imsi = event.imsi;
        alert.imei = event.imei;
        alert.callCount = length;
        alert.windowSeconds = rule.windowSeconds();
        alert.distinctImsis = imsis;
        alert.distinctCallees = callees(calls, start, length);
        alert.distinctCells = calls.distinct(CELL, start, length, ALL);
        calls.silence(newestMs + rule.cooldownSeconds() * 1000L);
        return alert;
    }
}
