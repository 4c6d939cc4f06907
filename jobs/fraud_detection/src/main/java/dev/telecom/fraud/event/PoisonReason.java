package dev.telecom.fraud.event;

/** Why a record is left out of detection; each is a counter. The sink to bronze keeps the raw bytes. */
public enum PoisonReason {
    /** Not one JSON object. */
    MALFORMED_JSON,
    /** A field that the rules need is absent or null. */
    MISSING_FIELD,
    /** A field has another JSON type or a value that the contract forbids. */
    INVALID_VALUE,
    /** The event says it happened further in the future than clocks may differ. */
    CLOCK_SKEW
}
