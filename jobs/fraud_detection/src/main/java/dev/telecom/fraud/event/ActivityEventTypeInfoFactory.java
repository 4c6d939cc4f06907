package dev.telecom.fraud.event;

import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Named by the annotation of {@link ActivityEvent}. */
public final class ActivityEventTypeInfoFactory extends TypeInfoFactory<ActivityEvent> {
    @Override
    public TypeInformation<ActivityEvent> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
        return new ActivityEventTypeInfo();
    }
}
