package dev.telecom.fraud.control;

import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.control.RefusedDocumentException.Reason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The only way to change the rules in force: it accepts a document that obeys the schema and whose version is above the
 * one in force, refuses any other, and reports both. It runs once (parallelism 1), before the broadcast, so that each
 * document is judged and reported once and every branch gets the same rules.
 */
public final class RuleGate extends ProcessFunction<ControlRecord, RuleDocument> implements CheckpointedFunction {
    /** Reports of what was accepted and refused. */
    public static final OutputTag<RuleReport> REPORTS = new OutputTag<>("rule-reports") {};

    private static final int MAX_NAME_LENGTH = 64;

    private transient RuleCatalog catalog;
    private transient Map<RuleName, RuleDocument> inForce;
    private transient ListState<RuleDocument> savedRules;
    private transient Counter accepted;
    private transient Counter refused;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        catalog = new RuleCatalog();
        inForce = new EnumMap<>(RuleName.class);
        savedRules = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("rules-in-force", RuleDocument.class));
        for (RuleDocument document : savedRules.get()) {
            inForce.put(RuleName.ofWireName(document.rule), document);
        }
        accepted = getRuntimeContext().getMetricGroup().counter("rule_documents_accepted");
        refused = getRuntimeContext().getMetricGroup().counter("rule_documents_refused");
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedRules.update(inForce.values().stream().toList());
    }

    @Override
    public void processElement(ControlRecord record, Context context, Collector<RuleDocument> out) {
        RuleReport report = reportOn(record);
        try {
            RuleDocument document = catalog.parse(record.value);
            report.rule = document.rule;
            report.version = document.version;
            if (isNews(document)) {
                inForce.put(RuleName.ofWireName(document.rule), document);
                out.collect(document);
            }
            report.accepted = true;
            accepted.inc();
        } catch (RefusedDocumentException refusal) {
            report.reason = refusal.reason.name().toLowerCase(Locale.ROOT);
            report.detail = refusal.getMessage() + "; the rules in force stay";
            refused.inc();
        }
        context.output(REPORTS, report);
    }

    /** False if the document in force is sent again; throws for an older one or a different one of the same version. */
    private boolean isNews(RuleDocument document) throws RefusedDocumentException {
        RuleDocument current = inForce.get(RuleName.ofWireName(document.rule));
        if (current == null || document.version > current.version) {
            return true;
        }
        if (document.saysTheSameAs(current)) {
            return false;
        }
        throw new RefusedDocumentException(
                Reason.STALE_VERSION,
                "version " + document.version + " is not above version " + current.version + " in force");
    }

    private static RuleReport reportOn(ControlRecord record) {
        RuleReport report = new RuleReport();
        String key = record.key == null ? "" : record.key;
        report.rule = key.substring(0, Math.min(key.length(), MAX_NAME_LENGTH));
        report.detail = "";
        report.partition = record.partition;
        report.offset = record.offset;
        return report;
    }
}
