package dev.telecom.fraud.job;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.AlertJson;
import dev.telecom.fraud.event.Digits;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Alerts on the wire, keyed by account so that the alerts of one account stay in order. */
final class AlertSerializer implements KafkaRecordSerializationSchema<Alert> {
    private final String topic;

    AlertSerializer(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(Alert alert, KafkaSinkContext context, Long timestamp) {
        byte[] key = Digits.decode(alert.msisdn).getBytes(StandardCharsets.US_ASCII);
        return new ProducerRecord<>(topic, key, AlertJson.write(alert));
    }
}
