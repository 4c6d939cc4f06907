package dev.telecom.fraud.job;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.control.ControlRecord;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.control.RuleGate;
import dev.telecom.fraud.control.RuleReport;
import dev.telecom.fraud.event.ActivityEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Wires the job. Every operator with state, or with a place in it, has an explicit uid, so savepoints outlive changes.
 *
 * <pre>
 * call_events, sms_events -> events -> subjects -> by subject -> rules -> fraud_alerts (exactly once)
 * fraud_rules -> gate (1) ==broadcast=> rules; gate -> fraud_rule_reports
 * </pre>
 */
public final class FraudDetectionJob {
    private static final String NAME = "fraud-detection";
    // Each batch is handed from the fetching thread to the task, which costs too much with the default of 500 records.
    private static final String MAX_POLL_RECORDS = "5000";

    private FraudDetectionJob() {}

    /** Arguments: {@code --settings FILE}. Checkpoints, state backend and restarts come from Flink's configuration. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2 || !arguments[0].equals("--settings")) {
            throw new IllegalArgumentException("usage: FraudDetectionJob --settings FILE");
        }
        FraudDetectionSettings settings = FraudDetectionSettings.read(Path.of(arguments[1]));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        refuseUnsafeCheckpointing(environment.getCheckpointConfig(), settings);
        build(environment, settings);
        environment.execute(NAME);
    }

    /** Adds the whole job to the environment. */
    static void build(StreamExecutionEnvironment environment, FraudDetectionSettings settings) {
        Configuration fixed = new Configuration();
        fixed.set(PipelineOptions.OBJECT_REUSE, true);
        fixed.set(PipelineOptions.GENERIC_TYPES, false);
        environment.configure(fixed);
        DataStream<ActivityEvent> events = events(environment, settings);
        BroadcastStream<RuleDocument> rules = rules(environment, settings);
        DataStream<Alert> alerts = alerts(events, rules);
        // Alerts are few, and one writer means one transaction per checkpoint.
        alerts.sinkTo(alertSink(settings)).setParallelism(1).uid("fraud-alerts").name("fraud-alerts");
    }

    private static DataStream<ActivityEvent> events(
            StreamExecutionEnvironment environment, FraudDetectionSettings settings) {
        KafkaSource<ActivityEvent> source = KafkaSource.<ActivityEvent>builder()
                .setProperties(KafkaClients.properties(settings.kafka()))
                .setTopics(settings.callTopic(), settings.smsTopic())
                .setGroupId(settings.consumerGroup())
                .setClientIdPrefix(settings.consumerGroup())
                .setProperty("max.poll.records", MAX_POLL_RECORDS)
                .setProperty("partition.discovery.interval.ms", "60000")
                .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .setDeserializer(new EventDeserializer(
                        settings.callTopic(), Duration.ofSeconds(settings.maxClockSkewSeconds())))
                .build();
        WatermarkStrategy<ActivityEvent> eventTime = WatermarkStrategy.<ActivityEvent>forBoundedOutOfOrderness(
                        Duration.ofSeconds(settings.maxOutOfOrdernessSeconds()))
                .withTimestampAssigner((event, recordTimestamp) -> event.eventTimeMs)
                .withIdleness(Duration.ofSeconds(settings.idlePartitionSeconds()));
        return environment.fromSource(source, eventTime, "events").uid("events");
    }

    private static BroadcastStream<RuleDocument> rules(
            StreamExecutionEnvironment environment, FraudDetectionSettings settings) {
        KafkaSource<ControlRecord> source = KafkaSource.<ControlRecord>builder()
                .setProperties(KafkaClients.properties(settings.kafka()))
                .setTopics(settings.ruleTopic())
                .setGroupId(settings.consumerGroup())
                .setClientIdPrefix(settings.consumerGroup() + "-rules")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new ControlDeserializer())
                .build();
        // Idle at once, because a control topic must not hold back the event time of the branches.
        WatermarkStrategy<ControlRecord> noEventTime = WatermarkStrategy.<ControlRecord>noWatermarks()
                .withIdleness(Duration.ofMillis(1));
        SingleOutputStreamOperator<RuleDocument> accepted = environment
                .fromSource(source, noEventTime, "fraud-rules")
                .setParallelism(1)
                .uid("fraud-rules")
                .process(new RuleGate())
                .setParallelism(1)
                .setMaxParallelism(1)
                .uid("rule-gate")
                .name("rule-gate");
        accepted.getSideOutput(RuleGate.REPORTS)
                .sinkTo(reportSink(settings))
                .setParallelism(1)
                .uid("fraud-rule-reports")
                .name("fraud-rule-reports");
        return accepted.broadcast(RulesOperator.RULES_IN_FORCE);
    }

    private static DataStream<Alert> alerts(DataStream<ActivityEvent> events, BroadcastStream<RuleDocument> rules) {
        return events.flatMap(new Subjects())
                .uid("subjects")
                .name("subjects")
                .keyBy(ActivityEvent::subject, Types.LONG)
                .connect(rules)
                .process(new RulesOperator())
                .uid("rules")
                .name("rules");
    }

    private static KafkaSink<Alert> alertSink(FraudDetectionSettings settings) {
        Properties properties = KafkaClients.properties(settings.kafka());
        properties.setProperty("transaction.timeout.ms", Integer.toString(settings.transactionTimeoutSeconds() * 1000));
        return KafkaSink.<Alert>builder()
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(settings.transactionalIdPrefix())
                .setRecordSerializer(new AlertSerializer(settings.alertTopic()))
                .build();
    }

    /** At least once, because a repeated report says the same. */
    private static KafkaSink<RuleReport> reportSink(FraudDetectionSettings settings) {
        return KafkaSink.<RuleReport>builder()
                .setKafkaProducerConfig(KafkaClients.properties(settings.kafka()))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new ReportSerializer(settings.ruleReportTopic()))
                .build();
    }

    /** Only checkpoints commit alerts, and with a short transaction timeout a restart would lose some. */
    private static void refuseUnsafeCheckpointing(CheckpointConfig checkpoints, FraudDetectionSettings settings) {
        if (!checkpoints.isCheckpointingEnabled()) {
            throw new IllegalStateException("no checkpoints are configured, so no alert would ever be committed;"
                    + " set execution.checkpointing.interval in flinkConfiguration");
        }
        long between = checkpoints.getCheckpointInterval() + checkpoints.getCheckpointTimeout();
        if (settings.transactionTimeoutSeconds() * 1000L <= between) {
            throw new IllegalStateException("transaction_timeout_seconds = " + settings.transactionTimeoutSeconds()
                    + " is not above checkpoint interval + checkpoint timeout = " + between / 1000
                    + " s: Kafka would abort alerts that Flink believes committed");
        }
    }
}
