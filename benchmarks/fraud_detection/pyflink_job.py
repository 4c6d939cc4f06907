"""The peer: impossible travel and call velocity in PyFlink, as a user would write them. Runs under PyFlink's Python.

Thread mode, so functions run in the TaskManager's JVM; the same source, keys, checkpoints and sink as the Java job, in
Flink's mini cluster. Like public examples it neither guards against bad records nor handles late or doubled events.
"""

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

from pyflink.common import Configuration, Types, WatermarkStrategy
from pyflink.common.serialization import SimpleStringSchema
from pyflink.datastream import KeyedProcessFunction, StreamExecutionEnvironment
from pyflink.datastream.connectors.base import DeliveryGuarantee
from pyflink.datastream.connectors.kafka import (
    KafkaOffsetsInitializer,
    KafkaRecordSerializationSchema,
    KafkaSink,
    KafkaSource,
)
from pyflink.datastream.functions import RuntimeContext
from pyflink.datastream.state import ValueStateDescriptor

MAX_CALLS, WINDOW_MS = 25, 1_800_000
MIN_SPEED_KMH, MIN_DISTANCE_KM = 1000.0, 100.0


class TwoRules(KeyedProcessFunction):
    """Both rules of one subscriber, each with a state."""

    def open(self, runtime_context: RuntimeContext) -> None:
        """Register state."""
        self.place = runtime_context.get_state(ValueStateDescriptor("place", Types.PICKLED_BYTE_ARRAY()))
        self.times = runtime_context.get_state(ValueStateDescriptor("times", Types.PICKLED_BYTE_ARRAY()))

    def process_element(self, value: tuple[str, str], ctx: KeyedProcessFunction.Context) -> Iterator[str]:
        """Judge one call: (msisdn, JSON)."""
        event = json.loads(value[1])
        time_ms, here = event["event_time_ms"], (event["latitude"], event["longitude"])
        known = self.place.value()
        if known is not None and known[1] != here:
            distance, hours = _kilometres(known[1], here), abs(time_ms - known[0]) / 3_600_000
            if distance > MIN_DISTANCE_KM and distance > MIN_SPEED_KMH * hours:
                yield json.dumps({"rule": "impossible_travel", "msisdn": value[0], "event_time_ms": time_ms})
        self.place.update((time_ms, here))
        times = [time for time in self.times.value() or [] if time > time_ms - WINDOW_MS]
        times.append(time_ms)
        if len(times) > MAX_CALLS:
            yield json.dumps({"rule": "call_velocity", "msisdn": value[0], "event_time_ms": time_ms})
            times = []
        self.times.update(times)


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*one, *other))
    chord = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(min(1.0, chord)))


def _msisdn_of(value: str) -> str:
    start = value.index('"msisdn":"') + 10
    return value[start : value.index('"', start)]


def main(settings_file: str) -> None:
    """Settings: `bootstrap_servers`, `topic`, `alert_topic`, `configuration` of Flink."""
    settings = json.loads(Path(settings_file).read_text())
    configuration = Configuration()
    for key, value in settings["configuration"].items():
        configuration.set_string(key, value)
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    source = (
        KafkaSource.builder()
        .set_bootstrap_servers(settings["bootstrap_servers"])
        .set_topics(settings["topic"])
        .set_group_id("pyflink")
        .set_starting_offsets(KafkaOffsetsInitializer.earliest())
        .set_value_only_deserializer(SimpleStringSchema())
        .build()
    )
    sink = (
        KafkaSink.builder()
        .set_bootstrap_servers(settings["bootstrap_servers"])
        .set_record_serializer(
            KafkaRecordSerializationSchema.builder()
            .set_topic(settings["alert_topic"])
            .set_value_serialization_schema(SimpleStringSchema())
            .build()
        )
        .set_delivery_guarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .build()
    )
    (
        environment.from_source(source, WatermarkStrategy.no_watermarks(), "events")
        .map(lambda value: (_msisdn_of(value), value), Types.TUPLE([Types.STRING(), Types.STRING()]))
        .key_by(lambda pair: pair[0], Types.STRING())
        .process(TwoRules(), Types.STRING())
        .sink_to(sink)
    )
    environment.execute("peer")


if __name__ == "__main__":
    main(sys.argv[1])
