package dev.telecom.fraud.job;

import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.ActivityEventTypeInfo;
import dev.telecom.fraud.event.EventParser;
import dev.telecom.fraud.event.PoisonReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns records of both topics into events. A poison record is counted by reason and left out: the sink to bronze keeps
 * its raw bytes in the topic's dead-letter queue. The event is reused for the next record.
 */
final class EventDeserializer implements KafkaRecordDeserializationSchema<ActivityEvent> {
    private final String callTopic;
    private final long maxClockSkewMs;
    private transient EventParser parser;
    private transient Map<PoisonReason, Counter> poisonRecords;

    EventDeserializer(String callTopic, Duration maxClockSkew) {
        this.callTopic = callTopic;
        this.maxClockSkewMs = maxClockSkew.toMillis();
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        parser = new EventParser(maxClockSkewMs);
        poisonRecords = new EnumMap<>(PoisonReason.class);
        MetricGroup metrics = context.getMetricGroup();
        for (PoisonReason reason : PoisonReason.values()) {
            String label = reason.name().toLowerCase(Locale.ROOT);
            poisonRecords.put(reason, metrics.addGroup("reason", label).counter("poison_records"));
        }
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ActivityEvent> out) {
        long nowMs = System.currentTimeMillis();
        ActivityEvent event = record.topic().equals(callTopic)
                ? parser.parseCall(record.value(), nowMs)
                : parser.parseSms(record.value(), nowMs);
        if (event == null) {
            poisonRecords.get(parser.reason()).inc();
        } else {
            out.collect(event);
        }
    }

    @Override
    public TypeInformation<ActivityEvent> getProducedType() {
        return new ActivityEventTypeInfo();
    }
}
