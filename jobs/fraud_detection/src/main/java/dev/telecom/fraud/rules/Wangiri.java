package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.Alerts;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.ActivityType;
import dev.telecom.fraud.event.Digits;
import dev.telecom.fraud.rules.RecentEvents.RunTest;
import dev.telecom.fraud.rules.RecentEvents.Shape;
import dev.telecom.fraud.rules.RuleParameters.WangiriParameters;
import dev.telecom.fraud.state.StateCodec;
import dev.telecom.fraud.state.StateReader;
import dev.telecom.fraud.state.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One number rings many subscribers for a moment, and they call it back. Keyed by the other party of the call: it
 * called our subscribers (terminated legs), and they call it (originated legs).
 *
 * <p>Call-backs count from the moment the burst is known, so numbers that are only called do not need state. A burst
 * stays in view until its call-back window is over, and only a later one may take its place.
 */
public final class Wangiri implements Rule<Wangiri.Number, WangiriParameters> {
    private static final int VICTIM = 0;
    private static final int DURATION = 1;
    private static final int FACTS = 2;
    private static final RunTest ALL = (start, length) -> true;

    /** What is known about one number: its calls, its burst, and who has called back since then. */
    static final class Number {
        static final StateCodec<Number> CODEC = new NumberCodec();

        RecentEvents calls;
        String[] burstIds = {};
        long[] burstTimes = {};
        int burstVictims;
        long[] callers = {};
        String[] callbackIds = {};
        long[] callbackTimes = {};
    }

    private static final class NumberCodec implements StateCodec<Number> {
        @Override
        public void write(Number number, StateWriter out) {
            RecentEvents.CODEC.write(number.calls, out);
            out.writeCount(number.burstVictims);
            out.writeTexts(number.burstIds);
            out.writeLongs(number.burstTimes);
            out.writeLongs(number.callers);
            out.writeTexts(number.callbackIds);
            out.writeLongs(number.callbackTimes);
        }

        @Override
        public Number read(StateReader in) {
            Number number = new Number();
            number.calls = RecentEvents.CODEC.read(in);
            number.burstVictims = (int) in.readCount();
            number.burstIds = in.readTexts();
            number.burstTimes = in.readLongs();
            number.callers = in.readLongs();
            number.callbackIds = in.readTexts();
            number.callbackTimes = in.readLongs();
            return number;
        }
    }

    @Override
    public Alert evaluate(ActivityEvent event, WangiriParameters rule, StateSlot<Number> slot) {
        Number number = slot.read();
        if (event.type == ActivityType.CALL_TERMINATED) {
            if (number == null) {
                number = new Number();
                number.calls = new RecentEvents(FACTS);
            }
            noteCall(number, event, rule);
            slot.write(number);
        } else if (event.type == ActivityType.CALL_ORIGINATED && number != null && isCallback(number, event, rule)) {
            noteCallback(number, event);
            Alert alert = number.callers.length < rule.minCallbacks() ? null : alert(number, event, rule);
            slot.write(number);
            return alert;
        }
        return null;
    }

    private static void noteCall(Number number, ActivityEvent event, WangiriParameters rule) {
        RecentEvents calls = number.calls;
        Shape shape = Shape.ofSeconds(rule.burstCalls(), rule.windowSeconds(), rule.allowedLatenessSeconds());
        int place = calls.add(event.eventTimeMs, event.eventId, shape);
        if (place < 0) {
            return;
        }
        calls.setFact(place, VICTIM, event.msisdn);
        calls.setFact(place, DURATION, event.durationSeconds);
        int start = calls.findRun(place, shape, (from, count) -> looksLikeBait(calls, from, count, rule));
        if (start >= 0) {
            noteBurst(number, start, rule);
        }
    }

    private static boolean looksLikeBait(RecentEvents calls, int start, int length, WangiriParameters rule) {
        int shortCalls = 0;
        for (int place = start; place < start + length; place++) {
            shortCalls += calls.fact(place, DURATION) <= rule.shortCallSeconds() ? 1 : 0;
        }
        return shortCalls >= rule.minShortShare() * length
                && calls.distinct(VICTIM, start, length, ALL) >= rule.minVictims();
    }

    private static void noteBurst(Number number, int start, WangiriParameters rule) {
        int length = rule.burstCalls();
        number.burstIds = number.calls.idsOf(start, length);
        number.burstTimes = Arrays.copyOfRange(number.calls.times, start, start + length);
        number.burstVictims = number.calls.distinct(VICTIM, start, length, ALL);
        clearCallbacks(number);
        number.calls.silence(callbacksUntilMs(number, rule) + 1);
    }

    private static boolean isCallback(Number number, ActivityEvent event, WangiriParameters rule) {
        if (number.burstTimes.length == 0
                || event.eventTimeMs < number.burstTimes[0]
                || event.eventTimeMs > callbacksUntilMs(number, rule)) {
            return false;
        }
        for (long caller : number.callers) {
            if (caller == event.msisdn) {
                return false;
            }
        }
        return true;
    }

    private static long callbacksUntilMs(Number number, WangiriParameters rule) {
        return number.burstTimes[number.burstTimes.length - 1] + rule.callbackWindowSeconds() * 1000L;
    }

    private static void noteCallback(Number number, ActivityEvent event) {
        int count = number.callers.length;
        number.callers = Arrays.copyOf(number.callers, count + 1);
        number.callbackIds = Arrays.copyOf(number.callbackIds, count + 1);
        number.callbackTimes = Arrays.copyOf(number.callbackTimes, count + 1);
        number.callers[count] = event.msisdn;
        number.callbackIds[count] = event.eventId;
        number.callbackTimes[count] = event.eventTimeMs;
    }

    private static void clearCallbacks(Number number) {
        number.callers = new long[0];
        number.callbackIds = new String[0];
        number.callbackTimes = new long[0];
    }

    private static Alert alert(Number number, ActivityEvent event, WangiriParameters rule) {
        List<Evidence> evidence = new ArrayList<>();
        for (int i = 0; i < number.burstIds.length; i++) {
            evidence.add(new Evidence(number.burstTimes[i], number.burstIds[i]));
        }
        for (int i = 0; i < number.callbackIds.length; i++) {
            evidence.add(new Evidence(number.callbackTimes[i], number.callbackIds[i]));
        }
        evidence.sort(Evidence.IN_EVENT_ORDER);
        long newestMs = evidence.get(evidence.size() - 1).timeMs;
        String[] ids = evidence.stream().map(Evidence::id).toArray(String[]::new);
        double ratio = (double) number.burstVictims / rule.minVictims();
        Alert alert = Alerts.of(RuleName.WANGIRI, event.otherParty, ids, newestMs, ratio);
        alert.msisdn = event.otherParty;
        alert.imsi = Digits.UNKNOWN;
        alert.callCount = number.burstIds.length;
        alert.windowSeconds = rule.windowSeconds();
        alert.victimCount = number.burstVictims;
        alert.callbackCount = number.callers.length;
        number.calls.silence(newestMs + rule.cooldownSeconds() * 1000L);
        number.burstIds = new String[0];
        number.burstTimes = new long[0];
        clearCallbacks(number);
        return alert;
    }

    private record Evidence(long timeMs, String id) {
        static final Comparator<Evidence> IN_EVENT_ORDER =
                Comparator.comparingLong(Evidence::timeMs).thenComparing(Evidence::id);
    }
}
