package dev.telecom.fraud.alert;

import java.util.Locale;

/** The rules, by their wire names ({@code contracts.events.FraudRule}). State keeps their order: add at the end. */
public enum RuleName {
    IMPOSSIBLE_TRAVEL,
    CALL_VELOCITY,
    SIM_BOX,
    WANGIRI,
    IRSF,
    SIM_SWAP;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }

    /** The rule of that wire name, or null. */
    public static RuleName ofWireName(String name) {
        for (RuleName rule : values()) {
            if (rule.wireName.equals(name)) {
                return rule;
            }
        }
        return null;
    }
}
