package dev.telecom.fraud.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.telecom.fraud.alert.RuleName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One array per key: what a rule wrote is read back, and rules do not touch each other's sections. */
class PackedStateTest {
    private static final StateCodec<Long> NUMBER = new StateCodec<>() {
        @Override
        public void write(Long number, StateWriter out) {
            out.writeCount(number);
        }

        @Override
        public Long read(StateReader in) {
            return in.readCount();
        }
    };

    private final PackedState state = new PackedState();

    @Test
    void aRuleThatWritesLeavesTheOthersAsTheyWere() {
        byte[] both = write(write(null, RuleName.CALL_VELOCITY, 7), RuleName.SIM_SWAP, 1L << 40);
        byte[] changed = write(both, RuleName.CALL_VELOCITY, 300);
        assertEquals(300, read(changed, RuleName.CALL_VELOCITY));
        assertEquals(1L << 40, read(changed, RuleName.SIM_SWAP));
        assertNull(read(changed, RuleName.IRSF));
        assertNotSame(both, changed);
        assertEquals(7, read(both, RuleName.CALL_VELOCITY));
    }

    @Test
    void stateThatNoRuleChangedStaysTheSameArray() {
        byte[] packed = write(null, RuleName.WANGIRI, 1);
        state.open(packed);
        assertSame(packed, state.close());
        state.open(null);
        assertNull(state.close());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 1L << 35, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void everyNumberIsReadAsItWasWritten(long number) {
        assertEquals(number, read(write(null, RuleName.IRSF, number), RuleName.IRSF));
    }

    @Test
    void stateOfAnotherFormatIsRefused() {
        byte[] packed = write(null, RuleName.IRSF, 1);
        packed[0] = PackedState.FORMAT + 1;
        assertThrows(IllegalStateException.class, () -> state.open(packed));
    }

    private byte[] write(byte[] packed, RuleName rule, long number) {
        state.open(packed);
        state.write(rule, number, NUMBER);
        return state.close();
    }

    private Long read(byte[] packed, RuleName rule) {
        state.open(packed);
        return state.read(rule, NUMBER);
    }
}
