package dev.telecom.fraud.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamReadException;
import java.io.IOException;

/**
 * Reads the needed fields of one record as a token stream, without a tree and with no String but the event id.
 *
 * <p>Not thread-safe: one parser per task, which owns the event it returns.
 */
public final class EventParser {
    private static final int MAX_EVENT_ID_LENGTH = 64;

    private static final int SEEN_EVENT_ID = 1;
    private static final int SEEN_EVENT_TIME = 1 << 1;
    private static final int SEEN_MSISDN = 1 << 2;
    private static final int SEEN_IMSI = 1 << 3;
    private static final int SEEN_LATITUDE = 1 << 4;
    private static final int SEEN_LONGITUDE = 1 << 5;
    private static final int SEEN_TYPE = 1 << 6;
    private static final int SEEN_DURATION = 1 << 7;
    private static final int NEEDED_OF_SMS = SEEN_DURATION - 1;
    private static final int NEEDED_OF_CALL = NEEDED_OF_SMS | SEEN_DURATION;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final JsonFactory factory =
            JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();
    private final ActivityEvent event = new ActivityEvent();
    private final long maxClockSkewMs;
    private PoisonReason reason;
    private int seen;

    /** @param maxClockSkewMs how far ahead of {@code nowMs} an event may be */
    public EventParser(long maxClockSkewMs) {
        this.maxClockSkewMs = maxClockSkewMs;
    }

    /** The event, valid until the next call; null for a poison record, see {@link #reason()}. */
    public ActivityEvent parseCall(byte[] json, long nowMs) {
        return parse(json, NEEDED_OF_CALL, nowMs);
    }

    /** As {@link #parseCall}. */
    public ActivityEvent parseSms(byte[] json, long nowMs) {
        return parse(json, NEEDED_OF_SMS, nowMs);
    }

    /** Why the last record did not give an event. */
    public PoisonReason reason() {
        return reason;
    }

    private ActivityEvent parse(byte[] json, int needed, long nowMs) {
        reset();
        if (json == null) {
            reason = PoisonReason.MALFORMED_JSON;
            return null;
        }
        try (JsonParser parser = factory.createParser(json)) {
            readObject(parser);
        } catch (StreamReadException malformed) {
            reason = PoisonReason.MALFORMED_JSON;
        } catch (IOException invalid) {
            // Jackson's answer to JSON beyond its limits of nesting and of the length of names and numbers.
            reason = PoisonReason.INVALID_VALUE;
        }
        if (reason == null && (seen & needed) != needed) {
            reason = PoisonReason.MISSING_FIELD;
        }
        if (reason == null && event.eventTimeMs > nowMs + maxClockSkewMs) {
            reason = PoisonReason.CLOCK_SKEW;
        }
        return reason == null ? event : null;
    }

    private void reset() {
        reason = null;
        seen = 0;
        event.imei = Digits.UNKNOWN;
        event.otherParty = Digits.UNKNOWN;
        event.cell = 0;
        event.durationSeconds = 0;
    }

    private void readObject(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            reason = PoisonReason.MALFORMED_JSON;
            return;
        }
        String field;
        while ((field = parser.nextFieldName()) != null) {
            parser.nextToken();
            readField(parser, field);
        }
        if (parser.nextToken() != null) {
            reason = PoisonReason.MALFORMED_JSON;
        }
    }

    private void readField(JsonParser parser, String field) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        switch (field) {
            case "event_id" -> readEventId(parser);
            case "event_time_ms" -> event.eventTimeMs = integer(parser, SEEN_EVENT_TIME, Long.MAX_VALUE);
            case "msisdn" -> event.msisdn = subscriber(parser);
            case "imsi" -> event.imsi = digits(parser, SEEN_IMSI);
            case "imei" -> event.imei = digits(parser, 0);
            case "called_msisdn", "other_msisdn" -> event.otherParty = digits(parser, 0);
            case "cell_id" -> event.cell = hash(parser);
            case "latitude" -> event.latitude = degrees(parser, SEEN_LATITUDE, 90);
            case "longitude" -> event.longitude = degrees(parser, SEEN_LONGITUDE, 180);
            case "call_type" -> readCallType(parser);
            case "direction" -> readDirection(parser);
            case "duration_seconds" ->
                event.durationSeconds = (int) integer(parser, SEEN_DURATION, Integer.MAX_VALUE);
            default -> parser.skipChildren();
        }
    }

    private void readEventId(JsonParser parser) throws IOException {
        String id = text(parser) ? parser.getText() : "";
        boolean valid = !id.isEmpty() && id.length() <= MAX_EVENT_ID_LENGTH && isPrintableAscii(id);
        event.eventId = id;
        note(valid, SEEN_EVENT_ID);
    }

    private long subscriber(JsonParser parser) throws IOException {
        long msisdn = digits(parser, 0);
        note(msisdn != Digits.UNKNOWN, SEEN_MSISDN);
        return msisdn;
    }

    private long digits(JsonParser parser, int field) throws IOException {
        if (!text(parser)) {
            return Digits.UNKNOWN;
        }
        seen |= field;
        return Digits.encode(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }

    private long integer(JsonParser parser, int field, long most) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            note(false, 0);
            parser.skipChildren();
            return 0;
        }
        long value = parser.getLongValue();
        note(value >= 0 && value <= most, field);
        return value;
    }

    private double degrees(JsonParser parser, int field, double most) throws IOException {
        if (!parser.currentToken().isNumeric()) {
            note(false, 0);
            parser.skipChildren();
            return 0;
        }
        double value = parser.getDoubleValue();
        note(Math.abs(value) <= most, field);
        return value;
    }

    private void readCallType(JsonParser parser) throws IOException {
        event.type = switch (text(parser) ? parser.getText() : "") {
            case "mobile_originated" -> ActivityType.CALL_ORIGINATED;
            case "mobile_terminated" -> ActivityType.CALL_TERMINATED;
            case "forwarded" -> ActivityType.CALL_FORWARDED;
            default -> null;
        };
        note(event.type != null, SEEN_TYPE);
    }

    private void readDirection(JsonParser parser) throws IOException {
        event.type = switch (text(parser) ? parser.getText() : "") {
            case "mobile_originated" -> ActivityType.SMS_ORIGINATED;
            case "mobile_terminated" -> ActivityType.SMS_TERMINATED;
            default -> null;
        };
        note(event.type != null, SEEN_TYPE);
    }

    private long hash(JsonParser parser) throws IOException {
        if (!text(parser)) {
            return 0;
        }
        char[] characters = parser.getTextCharacters();
        int end = parser.getTextOffset() + parser.getTextLength();
        long hash = FNV_OFFSET;
        for (int i = parser.getTextOffset(); i < end; i++) {
            hash = (hash ^ characters[i]) * FNV_PRIME;
        }
        return hash;
    }

    private boolean text(JsonParser parser) throws IOException {
        boolean isText = parser.currentToken() == JsonToken.VALUE_STRING;
        if (!isText) {
            note(false, 0);
            parser.skipChildren();
        }
        return isText;
    }

    private void note(boolean valid, int field) {
        if (valid) {
            seen |= field;
        } else {
            reason = PoisonReason.INVALID_VALUE;
        }
    }

    private static boolean isPrintableAscii(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) < ' ' || id.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
