package dev.telecom.fraud.event;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Fixed layout without reflection, because an event crosses the network once for each of its subjects. Event ids are
 * printable ASCII of at most 64 characters ({@link EventParser}), so a byte holds the length. Not used for state.
 */
public final class ActivityEventSerializer extends TypeSerializerSingleton<ActivityEvent> {
    static final ActivityEventSerializer INSTANCE = new ActivityEventSerializer();

    private static final int TYPE_BITS = 4;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public ActivityEvent createInstance() {
        return new ActivityEvent();
    }

    @Override
    public ActivityEvent copy(ActivityEvent from) {
        return copy(from, new ActivityEvent());
    }

    @Override
    public ActivityEvent copy(ActivityEvent from, ActivityEvent reuse) {
        reuse.set(from);
        return reuse;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(ActivityEvent event, DataOutputView target) throws IOException {
        target.writeByte(event.type.ordinal() | event.branch.ordinal() << TYPE_BITS);
        byte[] eventId = event.eventId.getBytes(StandardCharsets.ISO_8859_1);
        target.writeByte(eventId.length);
        target.write(eventId);
        target.writeLong(event.eventTimeMs);
        target.writeLong(event.msisdn);
        target.writeLong(event.imsi);
        target.writeLong(event.imei);
        target.writeLong(event.otherParty);
        target.writeLong(event.cell);
        target.writeDouble(event.latitude);
        target.writeDouble(event.longitude);
        target.writeInt(event.durationSeconds);
    }

    @Override
    public ActivityEvent deserialize(DataInputView source) throws IOException {
        return deserialize(new ActivityEvent(), source);
    }

    @Override
    public ActivityEvent deserialize(ActivityEvent reuse, DataInputView source) throws IOException {
        byte codes = source.readByte();
        reuse.type = ActivityType.of(codes & ~(-1 << TYPE_BITS));
        reuse.branch = Branch.of(codes >> TYPE_BITS);
        byte[] eventId = new byte[source.readByte()];
        source.readFully(eventId);
        reuse.eventId = new String(eventId, StandardCharsets.ISO_8859_1);
        reuse.eventTimeMs = source.readLong();
        reuse.msisdn = source.readLong();
        reuse.imsi = source.readLong();
        reuse.imei = source.readLong();
        reuse.otherParty = source.readLong();
        reuse.cell = source.readLong();
        reuse.latitude = source.readDouble();
        reuse.longitude = source.readDouble();
        reuse.durationSeconds = source.readInt();
        return reuse;
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<ActivityEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Serializer configuration of in-flight records, which unaligned checkpoints keep. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ActivityEvent> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
