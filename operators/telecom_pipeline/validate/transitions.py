"""What a change to a running pipeline must not do, again with the CEL for the API server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

from operators.telecom_pipeline.objects.quantity import mebibytes
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.spec.kafka import KafkaVersion
from operators.telecom_pipeline.validate.problem import Problem

KAFKA_VERSIONS: tuple[str, ...] = get_args(KafkaVersion)
_RANK_BY_VERSION = {version: rank for rank, version in enumerate(KAFKA_VERSIONS)}
PARTITIONS_MESSAGE = "partitions can only grow: Kafka cannot take one away"


@dataclass(frozen=True)
class Transition:
    """`allows(before, after)` is the whole rule; `cel` sees only values that were written before and after."""

    path: str
    message: str
    allows: Callable[[Pipeline, Pipeline], bool]
    cel: str


def _catalog_kind(pipeline: Pipeline) -> bool:
    return pipeline.spec.storage.catalog.jdbc is not None


def _keeps(value: Callable[[Pipeline], object]) -> Callable[[Pipeline, Pipeline], bool]:
    return lambda before, after: value(before) == value(after)


def _grows(value: Callable[[Pipeline], int]) -> Callable[[Pipeline, Pipeline], bool]:
    return lambda before, after: value(before) <= value(after)


def _keeps_time_zone(before: Pipeline, after: Pipeline) -> bool:
    if before.batch_jobs is None or after.batch_jobs is None:
        return True
    return before.batch_jobs.section.calendar.time_zone == after.batch_jobs.section.calendar.time_zone


UNCHANGED = "self == oldSelf"
NOT_LOWER = "self >= oldSelf"

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "spec.profile",
        "cannot be changed: it decides which nodes Kafka has; create a new pipeline and move to it",
        _keeps(lambda pipeline: pipeline.spec.profile),
        UNCHANGED,
    ),
    Transition(
        "spec.kafka.version",
        "cannot be lowered: brokers do not read the metadata of a newer version",
        _grows(lambda pipeline: KAFKA_VERSIONS.index(pipeline.kafka.version)),
        # A map, because an API server cannot bound the cost of searching a list.
        f"{_RANK_BY_VERSION}[self] >= {_RANK_BY_VERSION}[oldSelf]",
    ),
    Transition(
        "spec.kafka.brokers",
        "cannot be lowered: the partitions of a removed broker would be lost",
        _grows(lambda pipeline: pipeline.kafka.broker_count),
        NOT_LOWER,
    ),
    Transition(
        "spec.kafka.storage.size",
        "can grow but not shrink, as volumes do",
        _grows(lambda pipeline: mebibytes(pipeline.kafka.storage_size)),
        "quantity(self).compareTo(quantity(oldSelf)) >= 0",
    ),
    Transition(
        "spec.kafka.storage.storageClass",
        "cannot be changed: a volume keeps its class",
        _keeps(lambda pipeline: pipeline.kafka.storage_class),
        UNCHANGED,
    ),
    Transition(
        "spec.kafka.topics.replicas",
        "cannot be changed: Kafka would have to move every partition",
        _keeps(lambda pipeline: pipeline.kafka.replicas),
        UNCHANGED,
    ),
    Transition(
        "spec.storage.s3.bucket",
        "cannot be changed: the tables are in the old bucket",
        _keeps(lambda pipeline: pipeline.spec.storage.s3.bucket),
        UNCHANGED,
    ),
    Transition(
        "spec.storage.s3.prefix",
        "cannot be changed: the tables are under the old prefix",
        _keeps(lambda pipeline: pipeline.spec.storage.s3.prefix),
        UNCHANGED,
    ),
    Transition(
        "spec.storage.catalog.name",
        "cannot be changed: the catalog stores its tables by this name",
        _keeps(lambda pipeline: pipeline.spec.storage.catalog.name),
        UNCHANGED,
    ),
    Transition(
        "spec.transform.calendar.timeZone",
        "cannot be changed: the days of all tables are cut in the old time zone",
        _keeps_time_zone,
        UNCHANGED,
    ),
    Transition(
        "spec.storage.catalog",
        "cannot change between jdbc and rest: the new catalog would not know the tables",
        _keeps(_catalog_kind),
        "has(self.jdbc) == has(oldSelf.jdbc)",
    ),
)

# CEL of the rule that `partition_problems` applies to every topic, with the profile's default counted in.
PARTITION_CEL_PATHS = ("spec.kafka.topics.partitions", "spec.kafka.topics.overrides.*.partitions")


def transition_problems(before: Pipeline, after: Pipeline) -> Iterator[Problem]:
    """What is wrong with the change from `before` to `after`."""
    yield from (Problem(rule.path, rule.message) for rule in TRANSITIONS if not rule.allows(before, after))
    yield from partition_problems(before, after)


def partition_problems(before: Pipeline, after: Pipeline) -> Iterator[Problem]:
    """Topics that would have fewer partitions than they have."""
    partitions_before = {topic.name: topic.partitions for topic in before.topics}
    for topic in after.topics:
        had = partitions_before.get(topic.name, 0)
        if topic.partitions < had:
            change = f"{topic.name} has {had} and would get {topic.partitions}"
            yield Problem("spec.kafka.topics", f"{PARTITIONS_MESSAGE}: {change}")
