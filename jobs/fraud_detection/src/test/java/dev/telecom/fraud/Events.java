package dev.telecom.fraud;

import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.ActivityType;
import dev.telecom.fraud.event.Branch;
import dev.telecom.fraud.event.Digits;

/** Events for tests: an ordinary call that a test changes where it needs to. */
public final class Events {
    public static final long START_MS = 1_780_000_000_000L;
    public static final long SUBSCRIBER = digits("12065550100");

    private Events() {}

    public static long digits(String text) {
        return Digits.encode(text.toCharArray(), 0, text.length());
    }

    public static ActivityEvent call(String id, long timeMs) {
        ActivityEvent event = new ActivityEvent();
        event.type = ActivityType.CALL_ORIGINATED;
        event.eventId = id;
        event.eventTimeMs = timeMs;
        event.msisdn = SUBSCRIBER;
        event.imsi = digits("001010123456789");
        event.imei = digits("490154203237518");
        event.otherParty = digits("12065550199");
        event.cell = 1;
        event.latitude = 47.6;
        event.longitude = -122.3;
        event.durationSeconds = 60;
        event.branch = Branch.SUBSCRIBER;
        return event;
    }
}
