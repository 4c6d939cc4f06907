package dev.telecom.fraud.judge;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.control.RuleCatalog;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.rules.Rule.StateSlot;
import dev.telecom.fraud.rules.RuleBinding;
import dev.telecom.fraud.rules.RuleParameters;
import dev.telecom.fraud.state.PackedState;

/** One rule with its document in force and its section of the subject's state. */
final class RuleRunner<S, P extends RuleParameters> implements StateSlot<S> {
    private final RuleBinding<S, P> binding;
    private final PackedState subject;
    private RuleDocument document;
    private P parameters;

    RuleRunner(RuleBinding<S, P> binding, PackedState subject, RuleDocument document) {
        this.binding = binding;
        this.subject = subject;
        use(document);
    }

    boolean runs(String rule) {
        return binding.name().wireName().equals(rule);
    }

    void use(RuleDocument newDocument) {
        document = newDocument;
        parameters = RuleCatalog.parameters(newDocument, binding.parametersType());
    }

    boolean isEnabled() {
        return document.enabled;
    }

    Alert evaluate(ActivityEvent event) {
        if (!document.enabled) {
            return null;
        }
        Alert alert = binding.rule().evaluate(event, parameters, this);
        if (alert != null) {
            alert.ruleVersion = document.version;
        }
        return alert;
    }

    @Override
    public S read() {
        return subject.read(binding.name(), binding.codec());
    }

    @Override
    public void write(S state) {
        subject.write(binding.name(), state, binding.codec());
    }
}
