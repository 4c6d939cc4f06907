package dev.telecom.fraud.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What was done with one document, as {@code contracts.fraud_rules.RuleReport}. A POJO for Flink's serializer. */
public final class RuleReport {
    private static final JsonFactory FACTORY = new JsonFactory();

    public String rule;
    public Integer version;
    public boolean accepted;
    public String reason;
    public String detail;
    public int partition;
    public long offset;

    public RuleReport() {}

    /** The wire form. */
    public byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("rule", rule);
            if (version != null) {
                json.writeNumberField("version", version);
            }
            json.writeBooleanField("accepted", accepted);
            if (reason != null) {
                json.writeStringField("reason", reason);
            }
            json.writeStringField("detail", detail);
            json.writeNumberField("partition", partition);
            json.writeNumberField("offset", offset);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
