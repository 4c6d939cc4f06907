package dev.telecom.fraud.event;

/** What kind of record an event is; names follow the wire values of {@code call_type} and {@code direction}. */
public enum ActivityType {
    CALL_ORIGINATED,
    CALL_TERMINATED,
    CALL_FORWARDED,
    SMS_ORIGINATED,
    SMS_TERMINATED;

    private static final ActivityType[] BY_CODE = values();

    /** The type that {@link #ordinal()} stands for on the wire between operators. */
    static ActivityType of(int code) {
        return BY_CODE[code];
    }

    public boolean isCall() {
        return ordinal() <= CALL_FORWARDED.ordinal();
    }

    /** Whether the subscriber's account pays for it. */
    public boolean isCallMade() {
        return this == CALL_ORIGINATED || this == CALL_FORWARDED;
    }
}
