package dev.telecom.fraud.event;

/** Why a record is left out of detection. Each reason has a counter; the sink to bronze keeps the raw bytes. */
public enum PoisonReason {
    /** Not one JSON object. */
    MALFORMED_JSON,
    /** A field that the rules need is absent or null. */
    MISSING_FIELD,
    /** A field has the wrong JSON type or a value that the contract forbids. */
    INVALID_VALUE,
    /** The event time lies further in the future than clocks may differ. */
    CLOCK_SKEW
}
