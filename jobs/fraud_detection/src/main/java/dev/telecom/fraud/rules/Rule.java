package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.event.ActivityEvent;

/**
 * A fraud rule: a pure function of parameters, one event and the state of the event's key.
 *
 * <p>What it finds depends only on the order in which the events of a key arrive, so the reference implementation in
 * {@code contracts/fraud_rules} finds the same. Rules do not depend on an engine.
 *
 * @param <S> state of one key
 * @param <P> parameters
 */
public interface Rule<S, P extends RuleParameters> {
    /** Take one event in; return the alert it completes (without version and detection time), or null. */
    Alert evaluate(ActivityEvent event, P parameters, StateSlot<S> slot);

    /** Where a rule's state of the current key lives. */
    interface StateSlot<S> {
        /** The state, or null if the key has none. A change counts only after {@link #write}. */
        S read();

        /** Keep {@code state} for the current key. */
        void write(S state);
    }
}
