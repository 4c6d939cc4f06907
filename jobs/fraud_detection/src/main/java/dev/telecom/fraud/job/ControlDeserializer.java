package dev.telecom.fraud.job;

import dev.telecom.fraud.control.ControlRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Passes control records on as they are, so that the gate judges and reports all of them. */
final class ControlDeserializer implements KafkaRecordDeserializationSchema<ControlRecord> {
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ControlRecord> out) {
        ControlRecord control = new ControlRecord();
        control.key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        control.value = record.value();
        control.partition = record.partition();
        control.offset = record.offset();
        out.collect(control);
    }

    @Override
    public TypeInformation<ControlRecord> getProducedType() {
        return TypeInformation.of(ControlRecord.class);
    }
}
