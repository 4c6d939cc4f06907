package dev.telecom.fraud.control;

/**
 * One checked rule of the control topic: on or off, its version, and all its parameters as JSON text, with defaults
 * for those left out. A POJO: broadcast state holds one per rule.
 */
public final class RuleDocument {
    public String rule;
    public int version;
    public boolean enabled;
    public String parameters;

    public RuleDocument() {}

    RuleDocument(String rule, int version, boolean enabled, String parameters) {
        this.rule = rule;
        this.version = version;
        this.enabled = enabled;
        this.parameters = parameters;
    }

    /** Whether both say the same. */
    public boolean saysTheSameAs(RuleDocument other) {
        return version == other.version && enabled == other.enabled && parameters.equals(other.parameters);
    }
}
