package dev.telecom.fraud.job;

import dev.telecom.fraud.control.RuleReport;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Reports on the wire, keyed by rule. */
final class ReportSerializer implements KafkaRecordSerializationSchema<RuleReport> {
    private final String topic;

    ReportSerializer(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(RuleReport report, KafkaSinkContext context, Long timestamp) {
        return new ProducerRecord<>(topic, report.rule.getBytes(StandardCharsets.UTF_8), report.toJson());
    }
}
