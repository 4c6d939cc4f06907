package dev.telecom.fraud.rules;

import dev.telecom.fraud.state.StateCodec;
import java.util.Arrays;

/**
 * The events of one key that can still take part in an alert, ordered by event time and then by event id.
 *
 * <p>Exact for events up to {@code allowedLatenessSeconds} behind the newest of the key, and bounded: at most
 * {@link #LOOK_BACK_RUNS} runs long. What is dropped, and why it cannot matter:
 * <ul>
 *   <li>older than the newest by more than window + lateness: no acceptable event can share a window with it;
 *   <li>older than the end of the silence by more than a window: only runs that end after the silence can alert;
 *   <li>before the end of the silence and not among the newest (run - 1) there: such a run has one event after it.
 * </ul>
 * A duplicate is found by its id among the kept events; if its original was dropped, it is dropped for the same reason.
 */
final class RecentEvents {
    static final StateCodec<RecentEvents> CODEC = new RecentEventsCodec();

    /** As in the reference implementation: {@code contracts/fraud_rules/history.py}. */
    static final int LOOK_BACK_RUNS = 4;

    private static final int GROWTH = 4;

    int size;
    long[] times;
    String[] ids;
    /** {@link #stride} facts per event, kept beside it. */
    long[] facts;

    final int stride;
    /** A run must end here or later to raise an alert. */
    long silentUntilMs;

    RecentEvents(int stride) {
        this(stride, 0);
    }

    /** A copy with room for one more event than {@code events}. */
    RecentEvents(int stride, int events) {
        this.stride = stride;
        times = new long[events + 1];
        ids = new String[events + 1];
        facts = new long[(events + 1) * stride];
    }

    /** What a rule asks of runs: how many events, how close together, and how late. */
    record Shape(int runLength, long windowMs, long latenessMs) {
        static Shape ofSeconds(int runLength, int windowSeconds, int latenessSeconds) {
            return new Shape(runLength, windowSeconds * 1000L, latenessSeconds * 1000L);
        }
    }

    /** A test of the run of events [start, start + length). */
    interface RunTest {
        boolean passes(int start, int length);
    }

    /** Take an event in; returns its place, or -1 if it cannot matter (duplicate, too late, in the silence). */
    int add(long timeMs, String id, Shape shape) {
        if (size > 0 && timeMs < times[size - 1] - shape.latenessMs) {
            return -1;
        }
        if (timeMs < silentUntilMs - shape.windowMs || contains(id)) {
            return -1;
        }
        int place = size;
        while (place > 0 && isAfter(place - 1, timeMs, id)) {
            place--;
        }
        insert(place, timeMs, id);
        return place - prune(shape);
    }

    /** Set a fact of the event at {@code place}. */
    void setFact(int place, int fact, long value) {
        facts[place * stride + fact] = value;
    }

    long fact(int place, int fact) {
        return facts[place * stride + fact];
    }

    /** Start of the oldest run around {@code place} that may alert and passes the test, or -1. */
    int findRun(int place, Shape shape, RunTest test) {
        int length = shape.runLength;
        for (int start = Math.max(0, place - length + 1); start <= place && start + length <= size; start++) {
            long end = times[start + length - 1];
            if (end - times[start] <= shape.windowMs && end >= silentUntilMs && test.passes(start, length)) {
                return start;
            }
        }
        return -1;
    }

    /** Number of different values of a fact among the events [start, start + length) that pass {@code filter}. */
    int distinct(int fact, int start, int length, RunTest filter) {
        long[] values = new long[length];
        int count = 0;
        for (int place = start; place < start + length; place++) {
            if (filter.passes(place, 1)) {
                values[count++] = fact(place, fact);
            }
        }
        return countDistinct(values, count);
    }

    private static int countDistinct(long[] values, int count) {
        Arrays.sort(values, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || values[i] != values[i - 1]) {
                distinct++;
            }
        }
        return distinct;
    }

    /** 1 for a run as long as the window, up to 2 for one that happened in a single moment. */
    double denseness(int start, int length, int windowSeconds) {
        return 2 - (times[start + length - 1] - times[start]) / (windowSeconds * 1000.0);
    }

    /** Begin the silence after an alert, which never becomes shorter. */
    void silence(long untilMs) {
        silentUntilMs = Math.max(silentUntilMs, untilMs);
    }

    String[] idsOf(int start, int length) {
        return Arrays.copyOfRange(ids, start, start + length);
    }

    private boolean contains(String id) {
        for (int i = size - 1; i >= 0; i--) {
            if (ids[i].equals(id)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAfter(int place, long timeMs, String id) {
        return times[place] > timeMs || (times[place] == timeMs && ids[place].compareTo(id) > 0);
    }

    private void insert(int place, long timeMs, String id) {
        if (size == times.length) {
            grow(size + GROWTH + size / 2);
        }
        System.arraycopy(times, place, times, place + 1, size - place);
        System.arraycopy(ids, place, ids, place + 1, size - place);
        System.arraycopy(facts, place * stride, facts, (place + 1) * stride, (size - place) * stride);
        times[place] = timeMs;
        ids[place] = id;
        size++;
    }

    private void grow(int capacity) {
        times = Arrays.copyOf(times, capacity);
        ids = Arrays.copyOf(ids, capacity);
        facts = Arrays.copyOf(facts, capacity * stride);
    }

    /** Drop the oldest events that can no longer matter; returns how many. */
    private int prune(Shape shape) {
        long oldestKept = Math.max(times[size - 1] - shape.windowMs - shape.latenessMs, silentUntilMs - shape.windowMs);
        int drop = Math.max(0, size - LOOK_BACK_RUNS * shape.runLength);
        while (times[drop] < oldestKept && drop < size - 1) {
            drop++;
        }
        int silenced = drop;
        while (silenced < size && times[silenced] < silentUntilMs) {
            silenced++;
        }
        drop = Math.max(drop, silenced - (shape.runLength - 1));
        if (drop > 0) {
            dropOldest(drop);
        }
        return drop;
    }

    private void dropOldest(int count) {
        int kept = size - count;
        System.arraycopy(times, count, times, 0, kept);
        System.arraycopy(ids, count, ids, 0, kept);
        System.arraycopy(facts, count * stride, facts, 0, kept * stride);
        Arrays.fill(ids, kept, size, null);
        size = kept;
    }
}
