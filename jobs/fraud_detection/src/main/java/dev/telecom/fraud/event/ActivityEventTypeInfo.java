package dev.telecom.fraud.event;

import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink to use {@link ActivityEventSerializer}. */
public final class ActivityEventTypeInfo extends TypeInformation<ActivityEvent> {
    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<ActivityEvent> getTypeClass() {
        return ActivityEvent.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<ActivityEvent> createSerializer(SerializerConfig config) {
        return ActivityEventSerializer.INSTANCE;
    }

    @Override
    @Deprecated
    public TypeSerializer<ActivityEvent> createSerializer(ExecutionConfig config) {
        return ActivityEventSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "ActivityEvent";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ActivityEventTypeInfo;
    }

    @Override
    public int hashCode() {
        return ActivityEventTypeInfo.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof ActivityEventTypeInfo;
    }
}
