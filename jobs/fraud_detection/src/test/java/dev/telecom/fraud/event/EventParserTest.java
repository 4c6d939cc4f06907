package dev.telecom.fraud.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from a record, and that bad input is counted and does no further harm. */
class EventParserTest {
    private static final String CALL = "{\"event_id\":\"e1\",\"event_time_ms\":1000,\"schema_version\":1,"
            + "\"msisdn\":\"12065550100\",\"imsi\":\"001010123456789\",\"imei\":\"490154203237518\",\"cell_id\":\"c\","
            + "\"latitude\":0,\"longitude\":-180.0,\"nested\":{\"a\":[1,{\"b\":2}]},\"call_type\":\"forwarded\","
            + "\"called_msisdn\":\"881612\",\"duration_seconds\":7}";

    private final EventParser parser = new EventParser(0);

    @Test
    void aCallIsReadAndItsUnknownFieldsAreSkipped() {
        ActivityEvent event = parse(CALL);
        assertEquals("e1", event.eventId);
        assertEquals(1000, event.eventTimeMs);
        assertEquals("001010123456789", Digits.decode(event.imsi));
        assertEquals("881612", Digits.decode(event.otherParty));
        assertEquals(ActivityType.CALL_FORWARDED, event.type);
        assertEquals(7, event.durationSeconds);
        assertEquals(-180.0, event.longitude);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"latitude\":0|\"latitude\":90.1|INVALID_VALUE",
                "\"latitude\":0|\"latitude\":\"0\"|INVALID_VALUE",
                "\"latitude\":0|\"latitude\":NaN|MALFORMED_JSON",
                "\"latitude\":0|\"latitude\":null|MISSING_FIELD",
                "\"latitude\":0|\"altitude\":0|MISSING_FIELD",
                "\"event_id\":\"e1\"|\"event_id\":\"\"|INVALID_VALUE",
                "\"event_id\":\"e1\"|\"event_id\":{\"event_id\":\"e1\"}|INVALID_VALUE",
                "\"event_time_ms\":1000|\"event_time_ms\":1001|CLOCK_SKEW",
                "\"event_time_ms\":1000|\"event_time_ms\":-1|INVALID_VALUE",
                "\"event_time_ms\":1000|\"event_time_ms\":1e3|INVALID_VALUE",
                "\"event_time_ms\":1000|\"event_time_ms\":99999999999999999999|MALFORMED_JSON",
                "\"12065550100\"|\"+12065550100\"|INVALID_VALUE",
                "\"12065550100\"|\"123456789012345678\"|INVALID_VALUE",
                "\"forwarded\"|\"telepathy\"|INVALID_VALUE",
                "\"duration_seconds\":7}|\"duration_seconds\":7|MALFORMED_JSON",
                "\"duration_seconds\":7}|\"duration_seconds\":7}}|MALFORMED_JSON",
                "\"duration_seconds\":7}|\"duration_seconds\":3000000000}|INVALID_VALUE",
            })
    void aPoisonRecordHasAReason(String good, String bad, PoisonReason reason) {
        assertNull(parse(CALL.replace(good, bad)));
        assertEquals(reason, parser.reason());
    }

    @Test
    void aPoisonRecordLeavesNothingBehind() {
        assertNull(parse("{"));
        assertEquals(7, parse(CALL).durationSeconds);
        assertNull(parse("{}"));
    }

    @Test
    void aTombstoneIsPoison() {
        assertNull(parser.parseSms(null, 1000));
    }

    private ActivityEvent parse(String json) {
        return parser.parseCall(json.getBytes(StandardCharsets.UTF_8), 1000);
    }
}
