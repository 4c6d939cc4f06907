package dev.telecom.fraud.job;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.rules.Branch;
import dev.telecom.fraud.rules.RuleBinding;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Runs the rules of one branch over its keyed events, with the parameters in force.
 *
 * <p>Rules are pure and depend on the order of arrival only; the watermark decides nothing here but what is counted as
 * late. State that no event touches any more is dropped by its time to live, which runs on the wall clock: a wrong
 * event time cannot make it forget.
 */
public final class BranchOperator extends KeyedBroadcastProcessFunction<Long, ActivityEvent, RuleDocument, Alert> {
    /** Broadcast state: the document in force of each rule that was changed, by wire name. */
    public static final MapStateDescriptor<String, RuleDocument> RULES_IN_FORCE =
            new MapStateDescriptor<>("rules-in-force", String.class, RuleDocument.class);

    private final Branch branch;
    private transient List<RuleRunner<?, ?>> runners;
    private transient boolean rulesAreLoaded;
    private transient Counter lateEvents;

    public BranchOperator(Branch branch) {
        this.branch = branch;
    }

    @Override
    public void open(OpenContext context) {
        lateEvents = getRuntimeContext().getMetricGroup().counter("late_events");
        runners = new ArrayList<>();
        for (RuleBinding<?, ?> binding : RuleBinding.ALL) {
            if (binding.branch() == branch) {
                runners.add(RuleRunner.open(binding, getRuntimeContext()));
            }
        }
    }

    @Override
    public void processElement(ActivityEvent event, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        if (!rulesAreLoaded) {
            loadRules(context.getBroadcastState(RULES_IN_FORCE));
        }
        if (event.eventTimeMs < context.currentWatermark()) {
            lateEvents.inc();
        }
        for (RuleRunner<?, ?> runner : runners) {
            Alert alert = runner.evaluate(event);
            if (alert != null) {
                alert.detectionTimeMs = context.currentProcessingTime();
                out.collect(alert);
            }
        }
    }

    @Override
    public void processBroadcastElement(RuleDocument document, Context context, Collector<Alert> out)
            throws Exception {
        context.getBroadcastState(RULES_IN_FORCE).put(document.rule, document);
        use(document);
    }

    /** After a restart the rules in force are in state only. */
    private void loadRules(ReadOnlyBroadcastState<String, RuleDocument> inForce) throws Exception {
        for (var entry : inForce.immutableEntries()) {
            use(entry.getValue());
        }
        rulesAreLoaded = true;
    }

    private void use(RuleDocument document) {
        for (RuleRunner<?, ?> runner : runners) {
            if (runner.runs(document.rule)) {
                runner.use(document);
            }
        }
    }
}
