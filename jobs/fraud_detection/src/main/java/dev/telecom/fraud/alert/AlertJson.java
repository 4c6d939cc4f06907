package dev.telecom.fraud.alert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.telecom.fraud.event.Digits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The wire form of an alert. */
public final class AlertJson {
    private static final int SCHEMA_VERSION = 1;
    private static final JsonFactory FACTORY = new JsonFactory();

    private AlertJson() {}

    public static byte[] write(Alert alert) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            writeFinding(json, alert);
            writeMeasures(json, alert);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void writeFinding(JsonGenerator json, Alert alert) throws IOException {
        json.writeStringField("event_id", alert.eventId);
        json.writeNumberField("event_time_ms", alert.eventTimeMs);
        json.writeNumberField("schema_version", SCHEMA_VERSION);
        json.writeStringField("rule", alert.rule);
        json.writeNumberField("rule_version", alert.ruleVersion);
        json.writeStringField("msisdn", Digits.decode(alert.msisdn));
        json.writeStringField("imsi", Digits.decode(alert.imsi));
        json.writeStringField("severity", alert.severity);
        json.writeNumberField("score", alert.score);
        json.writeNumberField("detection_time_ms", alert.detectionTimeMs);
        json.writeArrayFieldStart("evidence_event_ids");
        for (String id : alert.evidenceEventIds) {
            json.writeString(id);
        }
        json.writeEndArray();
    }

    private static void writeMeasures(JsonGenerator json, Alert alert) throws IOException {
        write(json, "distance_km", alert.distanceKm);
        write(json, "speed_kmh", alert.speedKmh);
        write(json, "call_count", alert.callCount);
        write(json, "window_seconds", alert.windowSeconds);
        writeDigits(json, "imei", alert.imei);
        write(json, "distinct_imsis", alert.distinctImsis);
        write(json, "distinct_callees", alert.distinctCallees);
        write(json, "distinct_cells", alert.distinctCells);
        write(json, "victim_count", alert.victimCount);
        write(json, "callback_count", alert.callbackCount);
        write(json, "total_duration_seconds", alert.totalDurationSeconds);
        write(json, "parallel_calls", alert.parallelCalls);
        writeDigits(json, "previous_imsi", alert.previousImsi);
        write(json, "sms_count", alert.smsCount);
    }

    private static void write(JsonGenerator json, String field, Integer value) throws IOException {
        if (value != null) {
            json.writeNumberField(field, value);
        }
    }

    private static void write(JsonGenerator json, String field, Double value) throws IOException {
        if (value != null) {
            json.writeNumberField(field, value);
        }
    }

    private static void writeDigits(JsonGenerator json, String field, Long value) throws IOException {
        if (value != null) {
            json.writeStringField(field, Digits.decode(value));
        }
    }
}
