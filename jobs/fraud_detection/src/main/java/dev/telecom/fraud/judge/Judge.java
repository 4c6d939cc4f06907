package dev.telecom.fraud.judge;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.control.RuleCatalog;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.Branch;
import dev.telecom.fraud.rules.RuleBinding;
import dev.telecom.fraud.rules.RuleParameters;
import dev.telecom.fraud.state.PackedState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every rule with its document in force. Independent of any engine; not thread-safe. */
public final class Judge {
    private final PackedState subject = new PackedState();
    private final Map<Branch, List<RuleRunner<?, ?>>> runners = new EnumMap<>(Branch.class);

    /** The rules as built in, until {@link #use}. */
    public Judge(RuleCatalog catalog) {
        for (Branch branch : Branch.values()) {
            runners.put(branch, new ArrayList<>());
        }
        for (RuleBinding<?, ?> binding : RuleBinding.ALL) {
            runners.get(binding.branch()).add(runner(binding, catalog));
        }
    }

    private <S, P extends RuleParameters> RuleRunner<S, P> runner(RuleBinding<S, P> binding, RuleCatalog catalog) {
        return new RuleRunner<>(binding, subject, catalog.builtIn(binding.name()));
    }

    /** Judge by this document from now on. */
    public void use(RuleDocument document) {
        for (List<RuleRunner<?, ?>> ofBranch : runners.values()) {
            for (RuleRunner<?, ?> runner : ofBranch) {
                if (runner.runs(document.rule)) {
                    runner.use(document);
                }
            }
        }
    }

    /** False if every rule of the branch is off, so the state of its subjects does not have to be looked up. */
    public boolean judges(Branch branch) {
        for (RuleRunner<?, ?> runner : runners.get(branch)) {
            if (runner.isEnabled()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Run the rules of the event's branch.
     *
     * @param state of the event's subject, null if it has none
     * @param alerts receives what the event completes, without a detection time
     * @return the subject's state from now on: {@code state} itself if it is unchanged
     */
    public byte[] judge(ActivityEvent event, byte[] state, Consumer<Alert> alerts) {
        subject.open(state);
        for (RuleRunner<?, ?> runner : runners.get(event.branch)) {
            Alert alert = runner.evaluate(event);
            if (alert != null) {
                alerts.accept(alert);
            }
        }
        return subject.close();
    }
}
