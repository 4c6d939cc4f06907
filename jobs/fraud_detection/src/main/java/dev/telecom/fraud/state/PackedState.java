package dev.telecom.fraud.state;

import dev.telecom.fraud.alert.RuleName;
import java.util.Arrays;

/**
 * The state of one key as one byte array, with a section for each rule that has any. The state backend is therefore
 * asked once per event, however many rules look at it, and a million keys are a million arrays instead of twenty
 * million objects.
 *
 * <p>A packed array never changes, so state backends may keep it. This object is reused from event to event.
 */
public final class PackedState {
    /** First byte of every array. */
    static final byte FORMAT = 1;

    private static final int RULES = RuleName.values().length;
    private static final int ABSENT = -1;

    private final StateReader reader = new StateReader();
    private final StateWriter changes = new StateWriter();
    private final StateWriter packer = new StateWriter();
    private final int[] starts = new int[RULES];
    private final int[] lengths = new int[RULES];
    /** Whether a rule's section is in {@link #changes} and no longer in {@link #packed}. */
    private final boolean[] isChanged = new boolean[RULES];

    private byte[] packed;
    private boolean anyChanged;

    /** Open the state of a key, null for a key without state. Throws if another version of the job packed it. */
    public void open(byte[] state) {
        packed = state;
        anyChanged = false;
        changes.clear();
        Arrays.fill(starts, ABSENT);
        Arrays.fill(isChanged, false);
        if (state != null) {
            findSections();
        }
    }

    private void findSections() {
        if (packed[0] != FORMAT) {
            throw new IllegalStateException("state has format " + packed[0] + ", this job reads " + FORMAT
                    + "; start the version that wrote it, or start without its savepoint");
        }
        reader.open(packed, 1);
        while (reader.place() < packed.length) {
            int rule = (int) reader.readCount();
            lengths[rule] = (int) reader.readCount();
            starts[rule] = reader.place();
            reader.skip(lengths[rule]);
        }
    }

    /** A rule's state as it was when the key was opened, or null; it has to be read before it is written. */
    public <S> S read(RuleName rule, StateCodec<S> codec) {
        int start = starts[rule.ordinal()];
        if (start == ABSENT) {
            return null;
        }
        reader.open(packed, start);
        return codec.read(reader);
    }

    /** Replace a rule's state. */
    public <S> void write(RuleName rule, S state, StateCodec<S> codec) {
        int number = rule.ordinal();
        starts[number] = changes.size();
        codec.write(state, changes);
        lengths[number] = changes.size() - starts[number];
        isChanged[number] = true;
        anyChanged = true;
    }

    /** The state to keep: the array that was opened if no rule has written, otherwise a new one. */
    public byte[] close() {
        if (!anyChanged) {
            return packed;
        }
        packer.clear();
        packer.writeCount(FORMAT);
        for (int rule = 0; rule < RULES; rule++) {
            if (starts[rule] != ABSENT) {
                pack(rule);
            }
        }
        return packer.toBytes();
    }

    private void pack(int rule) {
        packer.writeCount(rule);
        packer.writeCount(lengths[rule]);
        if (isChanged[rule]) {
            packer.write(changes, starts[rule], lengths[rule]);
        } else {
            packer.write(packed, starts[rule], lengths[rule]);
        }
    }
}
