package dev.telecom.fraud.job;

import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.Branch;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Sends an event to each of its subjects. It is the same object each time, so it must be copied. */
final class Subjects implements FlatMapFunction<ActivityEvent, ActivityEvent> {
    private static final Branch[] BRANCHES = Branch.values();

    @Override
    public void flatMap(ActivityEvent event, Collector<ActivityEvent> out) {
        for (Branch branch : BRANCHES) {
            if (branch.concerns(event)) {
                event.branch = branch;
                out.collect(event);
            }
        }
    }
}
