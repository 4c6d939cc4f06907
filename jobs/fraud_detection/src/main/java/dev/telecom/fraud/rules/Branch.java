package dev.telecom.fraud.rules;

import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.Digits;

/** Whose behaviour a rule judges: the key of its part of the stream. */
public enum Branch {
    /** The account of the record. */
    SUBSCRIBER {
        @Override
        public long keyOf(ActivityEvent event) {
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
        public long keyOf(ActivityEvent event) {
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
        public long keyOf(ActivityEvent event) {
            return event.otherParty;
        }

        @Override
        public boolean concerns(ActivityEvent event) {
            return event.type.isCall() && event.otherParty != Digits.UNKNOWN;
        }
    };

    /** The key of an event that concerns this branch. */
    public abstract long keyOf(ActivityEvent event);

    /** False for events that no rule of this branch looks at. */
    public abstract boolean concerns(ActivityEvent event);
}
