"""Rules that a pipeline must keep, each with the CEL that lets an API server check as much of it as it can see."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from operators.telecom_pipeline.objects.names import longest_pipeline_name, names_of_own_objects
from operators.telecom_pipeline.pipeline.pipeline import Pipeline, call_partitions
from operators.telecom_pipeline.pipeline.sources import written_tower_counts
from operators.telecom_pipeline.pipeline.storage_references import (
    CRM_PATH,
    TRANSFORM_PATH,
    crm_database,
    required_objects,
)
from operators.telecom_pipeline.pipeline.topics import TopicRole, event_topic_names
from operators.telecom_pipeline.spec.gates import Gates
from operators.telecom_pipeline.spec.kafka import OVERRIDABLE_TOPICS
from operators.telecom_pipeline.spec.sources import Faults
from operators.telecom_pipeline.validate.calendar_rules import calendar_problems
from operators.telecom_pipeline.validate.problem import Problem
from operators.telecom_pipeline.validate.suggestion import did_you_mean

# With fewer than three brokers, losing one leaves fewer than two copies of a record.
PRODUCTION_BROKERS = 3
PRODUCTION_REPLICAS = 3
NAME_PATTERN = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"


@dataclass(frozen=True)
class NameRule:
    """A rule for `metadata.name`; its `cel` is evaluated at the root of the resource."""

    message: str
    holds: Callable[[str], bool]
    cel: str


NAME_RULES = (
    NameRule(
        f"must have at most {longest_pipeline_name()} characters, so that the names of its children fit",
        lambda name: len(name) <= longest_pipeline_name(),
        f"self.metadata.name.size() <= {longest_pipeline_name()}",
    ),
    NameRule(
        "must start with a lower-case letter, followed only by a-z, 0-9 and '-', because Services take their names "
        "from it",
        lambda name: re.fullmatch(NAME_PATTERN, name) is not None,
        f"self.metadata.name.matches('{NAME_PATTERN}')",
    ),
)
# A DNS label. An API server sees to it by itself, so no CEL is made of it.
NAMESPACE_RULE = NameRule(
    "must have at most 63 characters: a-z, 0-9 and '-', without a '-' at either end",
    lambda name: re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name) is not None,
    cel="",
)


@dataclass(frozen=True)
class Rule:
    """`holds` is the whole rule, on a pipeline with its defaults. `cel` is evaluated at `cel_path` of the CRD's schema.

    An empty `cel` means that the API server cannot check the rule; reconciliation does it.
    """

    path: str
    message: str
    holds: Callable[[Pipeline], bool]
    cel: str = ""
    cel_path: str = ""

    @property
    def schema_path(self) -> str:
        """Where the CEL rule belongs."""
        return self.cel_path or self.path


def _exactly_one(*values: Any) -> bool:
    return sum(value is not None for value in values) == 1


def _catalog_is_one(pipeline: Pipeline) -> bool:
    return _exactly_one(pipeline.spec.storage.catalog.jdbc, pipeline.spec.storage.catalog.rest)


def _s3_endpoint_is_one(pipeline: Pipeline) -> bool:
    return _exactly_one(pipeline.spec.storage.s3.endpoint, pipeline.spec.storage.s3.connection_ref)


def _jdbc_connection_is_one(pipeline: Pipeline) -> bool:
    jdbc = pipeline.spec.storage.catalog.jdbc
    return jdbc is None or _exactly_one(jdbc.connection, jdbc.connection_ref)


def _crm_connection_is_one(pipeline: Pipeline) -> bool:
    crm = crm_database(pipeline)
    return crm is None or _exactly_one(crm.connection, crm.connection_ref)


def _trino_connection_is_one(pipeline: Pipeline) -> bool:
    transform = pipeline.spec.transform
    return transform is None or _exactly_one(transform.trino.connection, transform.trino.connection_ref)


def _customers_connection_is_one(pipeline: Pipeline) -> bool:
    transform = pipeline.spec.transform
    return transform is None or _exactly_one(transform.crm.connection, transform.crm.connection_ref)


def _detection_has_calls(pipeline: Pipeline) -> bool:
    return pipeline.fraud_detection is None or pipeline.spec.sources.cdr is not None


def _detection_fits(pipeline: Pipeline) -> bool:
    job, partitions = pipeline.fraud_detection, call_partitions(pipeline.topics)
    return job is None or partitions == 0 or job.parallelism <= partitions


def _waits_grow(pipeline: Pipeline) -> bool:
    detection = pipeline.spec.fraud_detection
    return detection is None or detection.restart.initial_backoff_seconds <= detection.restart.max_backoff_seconds


def _has_source(pipeline: Pipeline) -> bool:
    return bool(event_topic_names(pipeline.spec))


def _is_dev(pipeline: Pipeline) -> bool:
    return pipeline.spec.profile == "dev"


def _largest_partition_count(pipeline: Pipeline) -> int:
    return max((topic.partitions for topic in pipeline.topics if topic.role is TopicRole.EVENTS), default=0)


def _sink_fits(pipeline: Pipeline) -> bool:
    return not _has_source(pipeline) or pipeline.sink.replicas <= _largest_partition_count(pipeline)


def _faults_fit(faults: Faults) -> bool:
    """The generator gives a record at most one fault."""
    return faults.duplicate + faults.late + faults.out_of_order + faults.malformed <= 1


def _cdr_faults_fit(pipeline: Pipeline) -> bool:
    source = pipeline.spec.sources.cdr
    return not source or not source.simulator or _faults_fit(source.simulator.faults)


def _history_faults_fit(pipeline: Pipeline) -> bool:
    source = pipeline.spec.sources.cdr
    history = source.simulator.history if source and source.simulator else None
    return history is None or _faults_fit(history.faults)


def _network_probe_faults_fit(pipeline: Pipeline) -> bool:
    source = pipeline.spec.sources.network_probe
    return not source or not source.simulator or _faults_fit(source.simulator.faults)


def _network_is_one(pipeline: Pipeline) -> bool:
    return len(set(written_tower_counts(pipeline.spec.sources))) <= 1


FAULTS_MESSAGE = "the rates must not add up to more than 1, because a record gets at most one fault"
FAULTS_CEL = "self.duplicate + self.late + self.outOfOrder + self.malformed <= 1.0"

GATES_PATH = f"{TRANSFORM_PATH}.gates"


def _limits_are_ordered(gate: str) -> Callable[[Pipeline], bool]:
    def holds(pipeline: Pipeline) -> bool:
        if pipeline.spec.transform is None:
            return True
        limits = getattr(pipeline.spec.transform.gates, gate)
        return limits.warn_above is None or limits.block_above is None or limits.warn_above <= limits.block_above

    return holds


GATE_RULES = tuple(
    Rule(
        path=f"{GATES_PATH}.{field.alias}",
        message="warnAbove must be at most blockAbove",
        holds=_limits_are_ordered(gate),
        cel="!has(self.warnAbove) || !has(self.blockAbove) || self.warnAbove <= self.blockAbove",
    )
    for gate, field in Gates.model_fields.items()
)

RULES: tuple[Rule, ...] = (
    *GATE_RULES,
    Rule(
        path="spec.storage.s3",
        message="give exactly one of endpoint and connectionRef",
        holds=_s3_endpoint_is_one,
        cel="has(self.endpoint) != has(self.connectionRef)",
    ),
    Rule(
        path="spec.storage.catalog",
        message="give exactly one of jdbc and rest",
        holds=_catalog_is_one,
        cel="has(self.jdbc) != has(self.rest)",
    ),
    Rule(
        path="spec.storage.catalog.jdbc",
        message="give exactly one of connection and connectionRef",
        holds=_jdbc_connection_is_one,
        cel="has(self.connection) != has(self.connectionRef)",
    ),
    Rule(
        path="spec.sources",
        message="give at least one source, cdr or networkProbe; use {} when others send the events",
        holds=_has_source,
        cel="has(self.cdr) || has(self.networkProbe)",
    ),
    Rule(
        path="spec.kafka.brokers",
        message=f"profile production needs at least {PRODUCTION_BROKERS} brokers",
        holds=lambda pipeline: _is_dev(pipeline) or pipeline.kafka.broker_count >= PRODUCTION_BROKERS,
        cel=f"self.profile == 'dev' || !has(self.kafka.brokers) || self.kafka.brokers >= {PRODUCTION_BROKERS}",
        cel_path="spec",
    ),
    Rule(
        path="spec.kafka.topics.replicas",
        message=f"profile production needs at least {PRODUCTION_REPLICAS} copies of each partition",
        holds=lambda pipeline: _is_dev(pipeline) or pipeline.kafka.replicas >= PRODUCTION_REPLICAS,
        cel="self.profile == 'dev' || !has(self.kafka.topics.replicas) || "
        f"self.kafka.topics.replicas >= {PRODUCTION_REPLICAS}",
        cel_path="spec",
    ),
    Rule(
        path="spec.kafka.tls",
        message="profile production needs TLS",
        holds=lambda pipeline: _is_dev(pipeline) or pipeline.kafka.is_tls,
        cel="self.profile == 'dev' || self.kafka.tls",
        cel_path="spec",
    ),
    Rule(
        path="spec.kafka.topics.replicas",
        message="must be at most the number of brokers (spec.kafka.brokers), which hold one copy each",
        holds=lambda pipeline: pipeline.kafka.replicas <= pipeline.kafka.broker_count,
        cel="!has(self.brokers) || !has(self.topics.replicas) || self.topics.replicas <= self.brokers",
        cel_path="spec.kafka",
    ),
    Rule(
        path="spec.bronze.replicas",
        message="must be at most the partitions of the largest topic (spec.kafka.topics), or some pods have no work",
        holds=_sink_fits,
        cel="!has(self.bronze.replicas) || !has(self.kafka.topics.partitions) || size(self.kafka.topics.overrides) > 0 "
        "|| self.bronze.replicas <= self.kafka.topics.partitions",
        cel_path="spec",
    ),
    Rule(
        path="spec.fraudDetection",
        message="needs calls and SMS: give spec.sources.cdr; use {} when others send the events",
        holds=_detection_has_calls,
        cel="!has(self.fraudDetection) || has(self.sources.cdr)",
        cel_path="spec",
    ),
    Rule(
        path="spec.fraudDetection.parallelism",
        message="must be at most the partitions of call_events (spec.kafka.topics), or some slices have no work",
        holds=_detection_fits,
        cel="!has(self.fraudDetection) || !has(self.fraudDetection.parallelism) || "
        "!has(self.kafka.topics.partitions) || size(self.kafka.topics.overrides) > 0 || "
        "self.fraudDetection.parallelism <= self.kafka.topics.partitions",
        cel_path="spec",
    ),
    Rule(
        path="spec.fraudDetection.restart",
        message="initialBackoffSeconds must be at most maxBackoffSeconds",
        holds=_waits_grow,
        cel="self.initialBackoffSeconds <= self.maxBackoffSeconds",
    ),
    Rule(
        path=CRM_PATH,
        message="give exactly one of connection and connectionRef",
        holds=_crm_connection_is_one,
        cel="has(self.connection) != has(self.connectionRef)",
    ),
    Rule(
        path=f"{TRANSFORM_PATH}.trino",
        message="give exactly one of connection and connectionRef",
        holds=_trino_connection_is_one,
        cel="has(self.connection) != has(self.connectionRef)",
    ),
    Rule(
        path=f"{TRANSFORM_PATH}.crm",
        message="give exactly one of connection and connectionRef",
        holds=_customers_connection_is_one,
        cel="has(self.connection) != has(self.connectionRef)",
    ),
    Rule(
        path="spec.sources.networkProbe.simulator.towerCount",
        message="must be that of the cdr simulator, because a pipeline has one network; leave it out in one of them",
        holds=_network_is_one,
        cel="!has(self.cdr) || !has(self.cdr.simulator) || !has(self.cdr.simulator.towerCount) || "
        "!has(self.networkProbe) || !has(self.networkProbe.simulator) || "
        "!has(self.networkProbe.simulator.towerCount) || "
        "self.cdr.simulator.towerCount == self.networkProbe.simulator.towerCount",
        cel_path="spec.sources",
    ),
    Rule("spec.sources.cdr.simulator.faults", FAULTS_MESSAGE, _cdr_faults_fit, FAULTS_CEL),
    Rule("spec.sources.cdr.simulator.history.faults", FAULTS_MESSAGE, _history_faults_fit, FAULTS_CEL),
    Rule("spec.sources.networkProbe.simulator.faults", FAULTS_MESSAGE, _network_probe_faults_fit, FAULTS_CEL),
    Rule(
        path="spec.kafka.topics.overrides",
        message=f"known topics are {', '.join(OVERRIDABLE_TOPICS)}",
        holds=lambda _: True,  # `override_problems` reports each topic, with a suggestion
        cel=f"self.all(topic, topic in {list(OVERRIDABLE_TOPICS)})",
    ),
)


def rule_problems(pipeline: Pipeline) -> Iterator[Problem]:
    """Rules that the pipeline breaks."""
    yield from (Problem(rule.path, rule.message) for rule in RULES if not rule.holds(pipeline))
    yield from override_problems(pipeline)
    yield from reference_problems(pipeline)
    yield from calendar_problems(pipeline)


def override_problems(pipeline: Pipeline) -> Iterator[Problem]:
    """Overrides of topics that do not exist: they would have no effect."""
    existing = event_topic_names(pipeline.spec)
    for topic in pipeline.spec.kafka.topics.overrides:
        path = f"spec.kafka.topics.overrides.{topic}"
        if topic not in OVERRIDABLE_TOPICS:
            yield Problem(path, f"is not a topic; {did_you_mean(topic, OVERRIDABLE_TOPICS)}")
        elif topic not in existing:
            yield Problem(path, "has no effect, because spec.sources has no source of this topic")


def reference_problems(pipeline: Pipeline) -> Iterator[Problem]:
    """References to objects that the operator creates itself and would overwrite."""
    for required in required_objects(pipeline):
        if required.ref.name in names_of_own_objects(pipeline.name):
            message = f"{required.ref.name} is an object that the operator creates; give yours another name"
            yield Problem(f"{required.field}.name", message)
