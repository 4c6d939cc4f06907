package dev.telecom.fraud.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which documents are accepted, what is reported, and that versions outlive a restart. */
class RuleGateTest {
    private OneInputStreamOperatorTestHarness<ControlRecord, RuleDocument> flink;

    @BeforeEach
    void open() throws Exception {
        flink = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new RuleGate()));
        flink.open();
    }

    @AfterEach
    void close() throws Exception {
        flink.close();
    }

    @Test
    void aGoodDocumentPassesWithItsDefaultsFilledIn() throws Exception {
        send("{\"rule\":\"call_velocity\",\"version\":2,\"parameters\":{\"max_calls\":3}}");
        RuleDocument passed = flink.extractOutputValues().get(0);
        assertTrue(passed.enabled);
        assertTrue(passed.parameters.contains("\"max_calls\":3") && passed.parameters.contains("\"window_seconds\":1800"));
        assertTrue(lastReport().accepted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense|unparsable",
                "[1]|unparsable",
                "{\"rule\":\"moon_phase\",\"version\":1}|unknown_rule",
                "{\"version\":1}|unknown_rule",
                "{\"rule\":\"call_velocity\"}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":0}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":1.5}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":2,\"enabled\":\"no\"}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":2,\"comment\":1}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":2,\"parameters\":{\"max_calls\":0}}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":2,\"parameters\":{\"max_calls\":501}}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":2,\"parameters\":{\"max_calls\":\"3\"}}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":2,\"parameters\":{\"max_cals\":3}}|invalid",
                "{\"rule\":\"call_velocity\",\"version\":2,\"parameters\":[]}|invalid",
                "{\"rule\":\"irsf\",\"version\":2,\"parameters\":{\"prefixes\":[]}}|invalid",
                "{\"rule\":\"irsf\",\"version\":2,\"parameters\":{\"prefixes\":[\"+53\"]}}|invalid",
            })
    void aBadDocumentIsRefusedAndReported(String document, String reason) throws Exception {
        send(document);
        assertEquals(0, flink.extractOutputValues().size());
        assertEquals(reason, lastReport().reason);
    }

    @Test
    void aTombstoneIsRefused() throws Exception {
        send(null);
        assertEquals("unparsable", lastReport().reason);
    }

    @Test
    void onlyAHigherVersionReplacesARuleAlsoAfterARestart() throws Exception {
        send("{\"rule\":\"sim_box\",\"version\":5}");
        OperatorSubtaskState snapshot = flink.snapshot(1, 1);
        flink.close();
        flink = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new RuleGate()));
        flink.initializeState(snapshot);
        flink.open();
        send("{\"rule\":\"sim_box\",\"version\":4,\"enabled\":false}");
        assertEquals("stale_version", lastReport().reason);
        send("{\"rule\":\"sim_box\",\"version\":5,\"enabled\":false}");
        assertEquals("stale_version", lastReport().reason);
        send("{\"rule\":\"sim_box\",\"version\":5}");
        assertTrue(lastReport().accepted);
        assertEquals(0, flink.extractOutputValues().size());
        send("{\"rule\":\"sim_box\",\"version\":6,\"enabled\":false}");
        assertEquals(1, flink.extractOutputValues().size());
    }

    private void send(String document) throws Exception {
        ControlRecord record = new ControlRecord();
        record.key = "some-key";
        record.value = document == null ? null : document.getBytes(StandardCharsets.UTF_8);
        flink.processElement(record, 0);
    }

    private RuleReport lastReport() {
        var reports = List.copyOf(flink.getSideOutput(RuleGate.REPORTS));
        return reports.get(reports.size() - 1).getValue();
    }
}
