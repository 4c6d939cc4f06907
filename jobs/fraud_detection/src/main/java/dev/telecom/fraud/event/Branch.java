package dev.telecom.fraud.event;

/** Whose behaviour a rule judges: a call concerns up to three subjects, each with its own key and state. */
public enum Branch {
    /** The account of the record. */
    SUBSCRIBER {
        @Override
        long numberIn(ActivityEvent event) {
            return event.msisdn;
        }

        @Override
        public boolean concerns(ActivityEvent event) {
            return true;
        }
    },
    /** The device that made or took the call. */
    DEVICE {
        @Override
        long numberIn(ActivityEvent event) {
            return event.imei;
        }

        @Override
        public boolean concerns(ActivityEvent event) {
            return event.type.isCall() && event.imei != Digits.UNKNOWN;
        }
    },
    /** The number at the other end of the call. */
    OTHER_PARTY {
        @Override
        long numberIn(ActivityEvent event) {
            return event.otherParty;
        }

        @Override
        public boolean concerns(ActivityEvent event) {
            return event.type.isCall() && event.otherParty != Digits.UNKNOWN;
        }
    };

    /** Above every number into which {@link Digits} encodes 17 digits. */
    private static final int TAG_SHIFT = 60;

    private static final Branch[] BY_CODE = values();

    /** The branch with that {@link #ordinal()}. */
    static Branch of(int code) {
        return BY_CODE[code];
    }

    /** Whether a rule of this branch looks at the event. */
    public abstract boolean concerns(ActivityEvent event);

    abstract long numberIn(ActivityEvent event);

    /** The key of the event's subject in this branch; keys of different branches differ. */
    long keyIn(ActivityEvent event) {
        return numberIn(event) | (long) ordinal() << TAG_SHIFT;
    }
}
