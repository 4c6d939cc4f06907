package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.Alerts;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.Digits;
import dev.telecom.fraud.rules.RecentEvents.Shape;
import dev.telecom.fraud.rules.RuleParameters.RevenueShareParameters;

/** International revenue share fraud (IRSF): a few long conversations with high-cost prefixes. */
public final class RevenueShare implements Rule<RecentEvents, RevenueShareParameters> {
    private static final int DURATION = 0;
    private static final int FACTS = 1;

    @Override
    public Alert evaluate(ActivityEvent event, RevenueShareParameters rule, StateSlot<RecentEvents> slot) {
        if (!event.type.isCallMade() || !isCostly(event.otherParty, rule.encodedPrefixes())) {
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
        calls.setFact(place, DURATION, event.durationSeconds);
        RecentEvents seen = calls;
        int start = calls.findRun(
                place, shape, (from, count) -> totalSeconds(seen, from, count) >= rule.minTotalSeconds());
        Alert alert = start < 0 ? null : alert(event, calls, start, rule);
        slot.write(calls);
        return alert;
    }

    private static boolean isCostly(long number, long[] prefixes) {
        for (long prefix : prefixes) {
            if (Digits.startsWith(number, prefix)) {
                return true;
            }
        }
        return false;
    }

    private static long totalSeconds(RecentEvents calls, int start, int length) {
        long total = 0;
        for (int place = start; place < start + length; place++) {
            total += calls.fact(place, DURATION);
        }
        return total;
    }

    /** The most calls that were in progress when one of them started. */
    private static int mostAtOnce(RecentEvents calls, int start, int length) {
        int most = 0;
        for (int other = start; other < start + length; other++) {
            int goingOn = 0;
            for (int place = start; place < start + length; place++) {
                long begin = calls.times[place];
                long moment = calls.times[other];
                goingOn += begin <= moment && moment < begin + calls.fact(place, DURATION) * 1000 ? 1 : 0;
            }
            most = Math.max(most, goingOn);
        }
        return most;
    }

    private static Alert alert(ActivityEvent event, RecentEvents calls, int start, RevenueShareParameters rule) {
        int length = rule.minCalls();
        long newestMs = calls.times[start + length - 1];
        long total = totalSeconds(calls, start, length);
        double ratio = (double) total / rule.minTotalSeconds();
        Alert alert = Alerts.of(RuleName.IRSF, event.msisdn, calls.idsOf(start, length), newestMs, ratio);
        alert.msisdn = event.msisdn;
        alert.imsi = event.imsi;
        alert.callCount = length;
        alert.windowSeconds = rule.windowSeconds();
        alert.totalDurationSeconds = (int) Math.min(Integer.MAX_VALUE, total);
        alert.parallelCalls = mostAtOnce(calls, start, length);
        calls.silence(newestMs + rule.cooldownSeconds() * 1000L);
        return alert;
    }
}
