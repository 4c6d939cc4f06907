"""What a sink tells about partitions that it has handed over: nothing."""

from prometheus_client import CollectorRegistry

from jobs.kafka_to_bronze.metrics import SinkMetrics


def told(registry: CollectorRegistry, metric: str) -> list[dict[str, str]]:
    return [sample.labels for family in registry.collect() for sample in family.samples if sample.name == metric]


def test_the_lag_of_a_partition_that_is_gone_is_not_told() -> None:
    registry = CollectorRegistry()
    metrics = SinkMetrics(registry)
    for topic, partition in (("call_events", 0), ("call_events", 1), ("sms_events", 1)):
        metrics.lag_records.labels(topic, partition).set(5)
    metrics.forget_partition("call_events", 1)
    left = told(registry, "telecom_sink_lag_records")
    assert {(each["topic"], each["partition"]) for each in left} == {("call_events", "0"), ("sms_events", "1")}


def test_the_age_of_a_topic_without_partitions_is_told_again_after_the_next_commit_only() -> None:
    registry = CollectorRegistry()
    metrics = SinkMetrics(registry)
    metrics.observe_event_time("call_events", 1000.0)
    metrics.forget_times("call_events")
    assert told(registry, "telecom_sink_freshness_seconds") == []
    assert told(registry, "telecom_sink_newest_event_time_seconds") == []

    metrics.observe_event_time("call_events", 900.0)
    newest = registry.get_sample_value("telecom_sink_newest_event_time_seconds", {"topic": "call_events"})
    assert newest == 1000.0
    assert len(told(registry, "telecom_sink_freshness_seconds")) == 1
