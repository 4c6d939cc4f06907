package dev.telecom.fraud.job;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.control.RuleCatalog;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.rules.Rule.StateSlot;
import dev.telecom.fraud.rules.RuleBinding;
import dev.telecom.fraud.rules.RuleParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;

/** One rule on Flink: its keyed state with a time to live, its document in force, its counter. */
final class RuleRunner<S, P extends RuleParameters> implements StateSlot<S> {
    private static final int CLEANUP_ENTRIES_PER_ACCESS = 2;
    private static final int CLEANUP_QUERIES_TIME_AFTER = 1000;

    private final RuleBinding<S, P> binding;
    private final ValueState<S> state;
    private final Counter alerts;
    private RuleDocument document;
    private P parameters;

    private RuleRunner(RuleBinding<S, P> binding, ValueState<S> state, Counter alerts) {
        this.binding = binding;
        this.state = state;
        this.alerts = alerts;
        use(new RuleCatalog().builtIn(binding.name()));
    }

    static <S, P extends RuleParameters> RuleRunner<S, P> open(RuleBinding<S, P> binding, RuntimeContext context) {
        String name = binding.name().wireName();
        ValueStateDescriptor<S> descriptor = new ValueStateDescriptor<>(name, TypeInformation.of(binding.stateType()));
        descriptor.enableTimeToLive(timeToLive(binding.stateTtl()));
        Counter alerts = context.getMetricGroup().addGroup("rule", name).counter("fraud_alerts");
        return new RuleRunner<>(binding, context.getState(descriptor), alerts);
    }

    boolean runs(String rule) {
        return binding.name().wireName().equals(rule);
    }

    void use(RuleDocument newDocument) {
        document = newDocument;
        parameters = RuleCatalog.parameters(newDocument, binding.parametersType());
    }

    Alert evaluate(ActivityEvent event) {
        if (!document.enabled) {
            return null;
        }
        Alert alert = binding.rule().evaluate(event, parameters, this);
        if (alert != null) {
            alert.ruleVersion = document.version;
            alerts.inc();
        }
        return alert;
    }

    @Override
    public S read() {
        try {
            return state.value();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void write(S value) {
        try {
            state.update(value);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static StateTtlConfig timeToLive(Duration ttl) {
        return StateTtlConfig.newBuilder(ttl)
                .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
                .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
                .cleanupIncrementally(CLEANUP_ENTRIES_PER_ACCESS, false)
                .cleanupInRocksdbCompactFilter(CLEANUP_QUERIES_TIME_AFTER)
                .build();
    }
}
