package dev.telecom.fraud.event;

import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * The fields of a call or SMS record that the rules need; everything else on the wire is skipped.
 *
 * <p>Mutable and reused, so an operator must not keep one beyond its call. Numbers are {@link Digits}.
 */
@TypeInfo(ActivityEventTypeInfoFactory.class)
public final class ActivityEvent {
    public ActivityType type;
    public String eventId;
    public long eventTimeMs;
    public long msisdn;
    public long imsi;
    public long imei;
    /** The number called, or the number that called (terminated); {@link Digits#UNKNOWN} if withheld. */
    public long otherParty;
    /** 64-bit hash of the cell's name, since it matters only whether two cells are the same. */
    public long cell;
    public double latitude;
    public double longitude;
    /** Duration of a call's conversation; 0 for messages. */
    public int durationSeconds;
    /** Which of the event's subjects is judged; set before the event is sent to the rules. */
    public Branch branch;

    /** The key of the judged subject. */
    public long subject() {
        return branch.keyIn(this);
    }

    /** Make this a copy of {@code other}. */
    public void set(ActivityEvent other) {
        type = other.type;
        eventId = other.eventId;
        eventTimeMs = other.eventTimeMs;
        msisdn = other.msisdn;
        imsi = other.imsi;
        imei = other.imei;
        otherParty = other.otherParty;
        cell = other.cell;
        latitude = other.latitude;
        longitude = other.longitude;
        durationSeconds = other.durationSeconds;
        branch = other.branch;
    }
}
