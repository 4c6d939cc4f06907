package dev.telecom.fraud.control;

/**
 * One rule as the control topic has it, checked: on or off, its version, its parameters as JSON text (all of them,
 * those left out filled with defaults). A POJO: broadcast state holds one per rule.
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

    /** True if both say the same. */
    public boolean saysTheSameAs(RuleDocument other) {
        return version == other.version && enabled == other.enabled && parameters.equals(other.parameters);
    }
}
