package dev.telecom.fraud.control;

/** A document of the control topic that must not take effect. The reason is one of {@link Reason}'s wire names. */
public final class RefusedDocumentException extends Exception {
    /** As {@code contracts.fraud_rules.RefusalReason}. */
    public enum Reason {
        UNPARSABLE,
        UNKNOWN_RULE,
        INVALID,
        STALE_VERSION
    }

    public final Reason reason;

    public RefusedDocumentException(Reason reason, String detail) {
        super(detail);
        this.reason = reason;
    }
}
