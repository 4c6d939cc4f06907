package dev.telecom.fraud.job;

import static dev.telecom.fraud.Events.START_MS;
import static dev.telecom.fraud.Events.call;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.telecom.fraud.Events;
import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.control.RuleCatalog;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.event.ActivityEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules on Flink's own operator harness: keyed state, restore, time to live, broadcast parameters. */
class RulesOperatorTest {
    private static final long MINUTE_MS = 60_000;

    private KeyedBroadcastOperatorTestHarness<Long, ActivityEvent, RuleDocument, Alert> flink;

    @BeforeEach
    void open() throws Exception {
        flink = harness();
        flink.open();
    }

    @AfterEach
    void close() throws Exception {
        flink.close();
    }

    @Test
    void theTwentySixthCallInThirtyMinutesFiresOnceWithItsEvidence() throws Exception {
        sendCalls(0, 25);
        assertEquals(0, alerts().size());
        flink.setProcessingTime(42);
        sendCalls(25, 40);
        Alert alert = alerts().get(0);
        assertEquals(1, alerts().size());
        assertEquals("call_velocity", alert.rule);
        assertEquals(26, alert.evidenceEventIds.length);
        assertEquals(42, alert.detectionTimeMs);
    }

    @Test
    void subscribersDoNotShareState() throws Exception {
        sendCalls(0, 25);
        ActivityEvent other = call("other", START_MS);
        other.msisdn = Events.digits("12065550101");
        send(other);
        assertEquals(0, alerts().size());
    }

    @Test
    void aWindowThatSpansARestoreFires() throws Exception {
        sendCalls(0, 25);
        restore(flink.snapshot(1, 1));
        sendCalls(25, 26);
        assertEquals(1, alerts().size());
    }

    @Test
    void aReplayAfterARestoreMakesTheSameAlert() throws Exception {
        sendCalls(0, 20);
        OperatorSubtaskState snapshot = flink.snapshot(1, 1);
        sendCalls(20, 26);
        String first = alerts().get(0).eventId;
        restore(snapshot);
        sendCalls(20, 26);
        assertEquals(first, alerts().get(0).eventId);
    }

    @Test
    void aRestoredJobMayHaveAnotherParallelism() throws Exception {
        sendCalls(0, 25);
        OperatorSubtaskState whole = flink.snapshot(1, 1);
        int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(call("any", START_MS).subject(), 128, 2);
        flink.close();
        flink = harness(2, owner);
        flink.initializeState(KeyedBroadcastOperatorTestHarness.repartitionOperatorState(whole, 128, 1, 2, owner));
        flink.open();
        sendCalls(25, 26);
        assertEquals(1, alerts().size());
    }

    @Test
    void stateOfASilentSubscriberIsForgotten() throws Exception {
        flink.setStateTtlProcessingTime(0);
        sendCalls(0, 25);
        flink.setStateTtlProcessingTime(Duration.ofDays(31).toMillis());
        sendCalls(25, 26);
        assertEquals(0, alerts().size());
    }

    @Test
    void stateOutlivesAnHourOfDowntime() throws Exception {
        flink.setStateTtlProcessingTime(0);
        sendCalls(0, 25);
        flink.setStateTtlProcessingTime(Duration.ofHours(1).toMillis());
        sendCalls(25, 26);
        assertEquals(1, alerts().size());
    }

    @Test
    void aBroadcastDocumentChangesTheRuleAtOnceAndSurvivesARestore() throws Exception {
        flink.processBroadcastElement(velocity(7, "true", 2), 0);
        restore(flink.snapshot(1, 1));
        sendCalls(0, 3);
        assertEquals(1, alerts().size());
        assertEquals(7, alerts().get(0).ruleVersion);
    }

    @Test
    void aRuleThatIsSwitchedOffIsSilent() throws Exception {
        flink.processBroadcastElement(velocity(2, "false", 25), 0);
        sendCalls(0, 40);
        assertEquals(0, alerts().size());
    }

    @Test
    void anEventBehindTheWatermarkIsStillJudged() throws Exception {
        flink.processWatermark(START_MS + 60 * MINUTE_MS);
        flink.processBroadcastWatermark(Long.MAX_VALUE);
        sendCalls(0, 26);
        assertEquals(1, alerts().size());
    }

    private void sendCalls(int from, int to) throws Exception {
        for (int number = from; number < to; number++) {
            send(call("c" + number, START_MS + number * 1000L));
        }
    }

    private void send(ActivityEvent event) throws Exception {
        flink.processElement(event, event.eventTimeMs);
    }

    private List<Alert> alerts() {
        return flink.extractOutputValues();
    }

    private void restore(OperatorSubtaskState snapshot) throws Exception {
        flink.close();
        flink = harness();
        flink.initializeState(snapshot);
        flink.open();
    }

    private static RuleDocument velocity(int version, String enabled, int maxCalls) throws Exception {
        String json = "{\"rule\":\"call_velocity\",\"version\":" + version + ",\"enabled\":" + enabled
                + ",\"parameters\":{\"max_calls\":" + maxCalls + "}}";
        return new RuleCatalog().parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static KeyedBroadcastOperatorTestHarness<Long, ActivityEvent, RuleDocument, Alert> harness()
            throws Exception {
        return harness(1, 0);
    }

    private static KeyedBroadcastOperatorTestHarness<Long, ActivityEvent, RuleDocument, Alert> harness(
            int parallelism, int subtask) throws Exception {
        var operator = new CoBroadcastWithKeyedOperator<Long, ActivityEvent, RuleDocument, Alert>(
                new RulesOperator(), List.of(RulesOperator.RULES_IN_FORCE));
        var harness = new KeyedBroadcastOperatorTestHarness<Long, ActivityEvent, RuleDocument, Alert>(
                operator, ActivityEvent::subject, Types.LONG, 128, parallelism, subtask);
        // As in the job: a type that would need Kryo also fails here.
        harness.getExecutionConfig().configure(
                new Configuration().set(PipelineOptions.GENERIC_TYPES, false), RulesOperatorTest.class.getClassLoader());
        return harness;
    }
}
