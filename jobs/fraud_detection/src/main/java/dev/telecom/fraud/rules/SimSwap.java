package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.Alerts;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.ActivityType;
import dev.telecom.fraud.event.Digits;
import dev.telecom.fraud.rules.RecentEvents.Shape;
import dev.telecom.fraud.rules.RuleParameters.SimSwapParameters;
import dev.telecom.fraud.state.StateCodec;
import dev.telecom.fraud.state.StateReader;
import dev.telecom.fraud.state.StateWriter;
import java.util.Arrays;

/** The newest event shows the number on another SIM, and it receives a burst of messages right away. */
public final class SimSwap implements Rule<SimSwap.Line, SimSwapParameters> {
    /** What is known about one number: its SIM, and its last change of SIM with the messages since then. */
    static final class Line {
        static final StateCodec<Line> CODEC = new LineCodec();

        long imsi;
        long newestMs;
        long silentUntilMs;
        /** {@link Digits#UNKNOWN} until a change is seen. */
        long previousImsi;

        long swapMs;
        /** Null until a change is seen, as are the messages. */
        String swapEventId;

        RecentEvents messages;
    }

    private static final class LineCodec implements StateCodec<Line> {
        @Override
        public void write(Line line, StateWriter out) {
            out.writeLong(line.imsi);
            out.writeCount(line.newestMs);
            out.writeCount(line.silentUntilMs);
            out.writeCount(line.swapEventId == null ? 0 : 1);
            if (line.swapEventId != null) {
                out.writeLong(line.previousImsi);
                out.writeCount(line.swapMs);
                out.writeText(line.swapEventId);
                RecentEvents.CODEC.write(line.messages, out);
            }
        }

        @Override
        public Line read(StateReader in) {
            Line line = new Line();
            line.imsi = in.readLong();
            line.newestMs = in.readCount();
            line.silentUntilMs = in.readCount();
            if (in.readCount() == 1) {
                line.previousImsi = in.readLong();
                line.swapMs = in.readCount();
                line.swapEventId = in.readText();
                line.messages = RecentEvents.CODEC.read(in);
            }
            return line;
        }
    }

    @Override
    public Alert evaluate(ActivityEvent event, SimSwapParameters rule, StateSlot<Line> slot) {
        Line line = slot.read();
        if (line == null) {
            line = new Line();
            line.imsi = event.imsi;
            line.newestMs = event.eventTimeMs;
            slot.write(line);
            return null;
        }
        if (event.imsi != line.imsi) {
            if (event.eventTimeMs <= line.newestMs) {
                return null; // a late event of the old SIM
            }
            noteSwap(line, event);
        }
        line.newestMs = Math.max(line.newestMs, event.eventTimeMs);
        Alert alert = isWatchedMessage(line, event, rule) ? noteMessage(line, event, rule) : null;
        slot.write(line);
        return alert;
    }

    private static void noteSwap(Line line, ActivityEvent event) {
        line.previousImsi = line.imsi;
        line.imsi = event.imsi;
        line.swapMs = event.eventTimeMs;
        line.swapEventId = event.eventId;
        line.messages = new RecentEvents(0);
    }

    private static boolean isWatchedMessage(Line line, ActivityEvent event, SimSwapParameters rule) {
        long sinceSwapMs = event.eventTimeMs - line.swapMs;
        return event.type == ActivityType.SMS_TERMINATED
                && line.swapEventId != null
                && sinceSwapMs >= 0
                && sinceSwapMs <= rule.watchSeconds() * 1000L;
    }

    private static Alert noteMessage(Line line, ActivityEvent event, SimSwapParameters rule) {
        RecentEvents messages = line.messages;
        messages.silence(line.silentUntilMs);
        Shape shape = Shape.ofSeconds(rule.minSms(), rule.windowSeconds(), rule.allowedLatenessSeconds());
        int place = messages.add(event.eventTimeMs, event.eventId, shape);
        int start = place < 0 ? -1 : messages.findRun(place, shape, (from, count) -> true);
        return start < 0 ? null : alert(line, event, start, rule);
    }

    private static Alert alert(Line line, ActivityEvent event, int start, SimSwapParameters rule) {
        int length = rule.minSms();
        long newestMs = line.messages.times[start + length - 1];
        double ratio = line.messages.denseness(start, length, rule.windowSeconds());
        Alert alert = Alerts.of(RuleName.SIM_SWAP, event.msisdn, evidence(line, start, length), newestMs, ratio);
        alert.msisdn = event.msisdn;
        alert.imsi = event.imsi;
        alert.windowSeconds = rule.windowSeconds();
        alert.previousImsi = line.previousImsi;
        alert.smsCount = length;
        line.silentUntilMs = newestMs + rule.cooldownSeconds() * 1000L;
        return alert;
    }

    /** The messages, with the event that showed the change in its place in the order of events. */
    private static String[] evidence(Line line, int start, int length) {
        String[] ids = line.messages.idsOf(start, length);
        if (Arrays.asList(ids).contains(line.swapEventId)) {
            return ids;
        }
        int place = 0;
        while (place < length
                && line.messages.times[start + place] == line.swapMs
                && ids[place].compareTo(line.swapEventId) < 0) {
            place++;
        }
        String[] all = new String[length + 1];
        System.arraycopy(ids, 0, all, 0, place);
        all[place] = line.swapEventId;
        System.arraycopy(ids, place, all, place + 1, length - place);
        return all;
    }
}
