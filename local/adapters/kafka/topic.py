"""KafkaTopic: stands in for Strimzi's topic operator through admin calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import TopicCollection
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from local.adapters.adapter import Outcome, Status, Surroundings
from local.adapters.conditions import condition
from local.adapters.kafka.admin import TIMEOUT_SECONDS, AdminClients, KafkaAdminError, kafka_of, wait_for
from local.supervisor.machine import Machine
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.upstream import STRIMZI_MANAGED_ANNOTATION


@dataclass(frozen=True)
class Topic:
    """A topic as wanted or as found; `config` holds only what is set on the topic itself."""

    name: str
    partitions: int
    replicas: int
    config: Mapping[str, str]


class KafkaTopicAdapter:
    """Creates, grows and configures topics; refuses what Kafka cannot do."""

    kind = names.KAFKA_TOPIC
    finalizer = "strimzi.io/topic-operator"
    calls_engine = True

    def __init__(self, clients: AdminClients) -> None:
        self._clients = clients

    def sync(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> Outcome:
        """Bring the topic to what its resource says."""
        if not _is_managed(manifest):
            return Outcome(_status(manifest, condition(manifest, "Unmanaged", True)))
        client = self._clients.ready_client(manifest, surroundings, machine)
        if client is None:
            return Outcome({}, is_settled=False)
        try:
            is_new = self._make(client, manifest)
            if is_new:
                # Brokers learn about it a moment later, so the next sync checks it.
                return Outcome({}, is_settled=False)
            topic_id = _topic_id(client, wanted_topic(manifest).name)
        except KafkaAdminError as error:
            refused = condition(manifest, "Ready", False, "KafkaError", str(error))
            return Outcome(_status(manifest, refused), is_settled=False)
        except NotSupportedError as error:
            return Outcome(_status(manifest, condition(manifest, "Ready", False, "NotSupported", str(error))))
        return Outcome(_status(manifest, condition(manifest, "Ready", True)) | {"topicId": topic_id})

    def remove(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> bool:
        """Delete the topic, unless it is unmanaged or its Kafka is gone."""
        kafka = kafka_of(manifest, surroundings)
        if not _is_managed(manifest) or kafka is None or kafka["metadata"].get("deletionTimestamp"):
            return True
        client = self._clients.ready_client(manifest, surroundings, machine)
        if client is None:
            return False
        name = wanted_topic(manifest).name
        if name in client.list_topics(timeout=TIMEOUT_SECONDS).topics:
            wait_for(f"delete topic {name}", client.delete_topics([name]))
        return True

    def process_names(self, manifest: Manifest, machine: Machine) -> Sequence[str]:
        """None, because a topic is not a process."""
        return ()

    def _make(self, client: AdminClient, manifest: Manifest) -> bool:
        """Create or change the topic; True if it has just been created."""
        wanted = wanted_topic(manifest)
        if (named := manifest.get("status", {}).get("topicName", wanted.name)) != wanted.name:
            raise NotSupportedError(f"Changing spec.topicName is not supported: it was {named}, now {wanted.name}")
        found = _find(client, wanted.name)
        if found is None:
            new = NewTopic(wanted.name, wanted.partitions, wanted.replicas, config=dict(wanted.config))
            wait_for(f"create topic {wanted.name}", client.create_topics([new]))
            return True
        check_supported(found, wanted)
        _grow(client, found, wanted)
        _configure(client, found, wanted)
        return False


class NotSupportedError(Exception):
    """The change cannot be made to an existing topic; the message is Strimzi's."""


def wanted_topic(manifest: Manifest) -> Topic:
    """Topic that a KafkaTopic describes; -1 leaves the choice to the broker."""
    spec = manifest["spec"]
    config = {key: _text(value) for key, value in (spec.get("config") or {}).items()}
    name = spec.get("topicName", manifest["metadata"]["name"])
    return Topic(name, spec.get("partitions", -1), spec.get("replicas", -1), config)


def check_supported(found: Topic, wanted: Topic) -> None:
    """Refuse what cannot be done. Raises `NotSupportedError`."""
    if -1 < wanted.partitions < found.partitions:
        raise NotSupportedError(
            f"Decreasing partitions not supported: {found.name} has {found.partitions}, asked for {wanted.partitions}"
        )
    if wanted.replicas not in (-1, found.replicas):
        raise NotSupportedError(
            f"Replication factor change not supported, but required: {found.replicas} to {wanted.replicas}"
        )


def config_changes(found: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str | None]:
    """Settings to write, None for one that returns to the broker's default."""
    changes: dict[str, str | None] = {key: value for key, value in wanted.items() if found.get(key) != value}
    return changes | {key: None for key in found if key not in wanted}


def _is_managed(manifest: Manifest) -> bool:
    return str(manifest["metadata"].get("annotations", {}).get(STRIMZI_MANAGED_ANNOTATION, "true")) != "false"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _find(client: AdminClient, name: str) -> Topic | None:
    metadata = client.list_topics(timeout=TIMEOUT_SECONDS).topics.get(name)
    if metadata is None or metadata.error is not None:
        return None
    resource = ConfigResource(ResourceType.TOPIC, name)
    entries = wait_for(f"read the settings of {name}", client.describe_configs([resource]))[resource]
    own = {
        entry.name: entry.value
        for entry in entries.values()
        if ConfigSource(entry.source) is ConfigSource.DYNAMIC_TOPIC_CONFIG
    }
    return Topic(name, len(metadata.partitions), len(metadata.partitions[0].replicas), own)


def _grow(client: AdminClient, found: Topic, wanted: Topic) -> None:
    if wanted.partitions > found.partitions:
        wait_for(f"grow {wanted.name}", client.create_partitions([NewPartitions(wanted.name, wanted.partitions)]))


def _configure(client: AdminClient, found: Topic, wanted: Topic) -> None:
    changes = config_changes(found.config, wanted.config)
    if not changes:
        return
    entries = [
        ConfigEntry(
            key,
            value,
            incremental_operation=AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET,
        )
        for key, value in changes.items()
    ]
    resource = ConfigResource(ResourceType.TOPIC, wanted.name, incremental_configs=entries)
    wait_for(f"configure {wanted.name}", client.incremental_alter_configs([resource]))


def _topic_id(client: AdminClient, name: str) -> str:
    described = wait_for(f"describe {name}", client.describe_topics(TopicCollection([name])))
    return str(described[name].topic_id)


def _status(manifest: Manifest, told: dict[str, Any]) -> Status:
    return {
        "conditions": [told],
        "observedGeneration": manifest["metadata"]["generation"],
        "topicName": manifest.get("status", {}).get("topicName", wanted_topic(manifest).name),
    }
