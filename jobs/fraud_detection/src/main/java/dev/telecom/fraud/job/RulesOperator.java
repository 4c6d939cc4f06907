package dev.telecom.fraud.job;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.control.RuleCatalog;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.Branch;
import dev.telecom.fraud.judge.Judge;
import dev.telecom.fraud.rules.RuleBinding;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Runs the rules over events keyed by subject, with the parameters in force.
 *
 * <p>Rules are pure and depend only on the order of arrival; here the watermark only decides what counts as late. State
 * that events no longer touch is dropped by its time to live, which runs on the wall clock, so a wrong event time
 * cannot make the job forget.
 */
public final class RulesOperator extends KeyedBroadcastProcessFunction<Long, ActivityEvent, RuleDocument, Alert> {
    /** Broadcast state: the document in force for each rule that was changed, by wire name. */
    public static final MapStateDescriptor<String, RuleDocument> RULES_IN_FORCE =
            new MapStateDescriptor<>("rules-in-force", String.class, RuleDocument.class);

    // How many heap entries each access inspects for old state; each of them costs a miss of the processor's cache.
    private static final int CLEANUP_ENTRIES_PER_ACCESS = 1;
    private static final int CLEANUP_QUERIES_TIME_AFTER = 1000;

    private transient Judge judge;
    private transient ValueState<byte[]> accounts;
    private transient ValueState<byte[]> devicesAndNumbers;
    private transient Map<String, Counter> alerts;
    private transient Counter lateEvents;
    private transient boolean rulesAreLoaded;

    @Override
    public void open(OpenContext context) {
        judge = new Judge(new RuleCatalog());
        lateEvents = getRuntimeContext().getMetricGroup().counter("late_events");
        alerts = new HashMap<>();
        for (RuleName rule : RuleName.values()) {
            String name = rule.wireName();
            alerts.put(
                    name, getRuntimeContext().getMetricGroup().addGroup("rule", name).counter("fraud_alerts"));
        }
        accounts = getRuntimeContext().getState(descriptor("accounts", Branch.SUBSCRIBER));
        // State that expires together is kept together, because searching an almost empty table for old state is slow.
        devicesAndNumbers =
                getRuntimeContext().getState(descriptor("devices-and-numbers", Branch.DEVICE, Branch.OTHER_PARTY));
    }

    @Override
    public void processElement(ActivityEvent event, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        if (!rulesAreLoaded) {
            loadRules(context.getBroadcastState(RULES_IN_FORCE));
        }
        if (event.branch == Branch.SUBSCRIBER && event.eventTimeMs < context.currentWatermark()) {
            lateEvents.inc();
        }
        if (!judge.judges(event.branch)) {
            return;
        }
        ValueState<byte[]> state = event.branch == Branch.SUBSCRIBER ? accounts : devicesAndNumbers;
        byte[] before = state.value();
        byte[] after = judge.judge(event, before, alert -> emit(alert, context, out));
        if (after != before) {
            state.update(after);
        }
    }

    private void emit(Alert alert, ReadOnlyContext context, Collector<Alert> out) {
        alert.detectionTimeMs = context.currentProcessingTime();
        alerts.get(alert.rule).inc();
        out.collect(alert);
    }

    @Override
    public void processBroadcastElement(RuleDocument document, Context context, Collector<Alert> out)
            throws Exception {
        context.getBroadcastState(RULES_IN_FORCE).put(document.rule, document);
        judge.use(document);
    }

    /** After a restart, only state has the rules in force. */
    private void loadRules(ReadOnlyBroadcastState<String, RuleDocument> inForce) throws Exception {
        for (var entry : inForce.immutableEntries()) {
            judge.use(entry.getValue());
        }
        rulesAreLoaded = true;
    }

    private static ValueStateDescriptor<byte[]> descriptor(String name, Branch... branches) {
        ValueStateDescriptor<byte[]> descriptor =
                new ValueStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
        descriptor.enableTimeToLive(timeToLive(RuleBinding.stateTtl(branches)));
        return descriptor;
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
