package dev.telecom.fraud.rules;

import dev.telecom.fraud.state.StateCodec;
import dev.telecom.fraud.state.StateReader;
import dev.telecom.fraud.state.StateWriter;

/** Times as distances from the previous one, because they are in order and close together. */
final class RecentEventsCodec implements StateCodec<RecentEvents> {
    @Override
    public void write(RecentEvents events, StateWriter out) {
        out.writeCount(events.stride);
        out.writeCount(events.silentUntilMs);
        out.writeCount(events.size);
        long beforeMs = 0;
        for (int place = 0; place < events.size; place++) {
            out.writeCount(events.times[place] - beforeMs);
            beforeMs = events.times[place];
            out.writeText(events.ids[place]);
        }
        for (int fact = 0; fact < events.size * events.stride; fact++) {
            out.writeLong(events.facts[fact]);
        }
    }

    @Override
    public RecentEvents read(StateReader in) {
        int stride = (int) in.readCount();
        long silentUntilMs = in.readCount();
        int size = (int) in.readCount();
        RecentEvents events = new RecentEvents(stride, size);
        events.silentUntilMs = silentUntilMs;
        events.size = size;
        long timeMs = 0;
        for (int place = 0; place < size; place++) {
            timeMs += in.readCount();
            events.times[place] = timeMs;
            events.ids[place] = in.readText();
        }
        for (int fact = 0; fact < size * stride; fact++) {
            events.facts[fact] = in.readLong();
        }
        return events;
    }
}
