"""The adapters of this machine. ConfigMaps and Secrets do not need one: they are data that others look up."""

from local.adapters.adapter import Adapter
from local.adapters.flink.deployment import FlinkDeploymentAdapter
from local.adapters.kafka.admin import AdminClients
from local.adapters.kafka.cluster import KafkaAdapter
from local.adapters.kafka.topic import KafkaTopicAdapter
from local.adapters.kafka.user import KafkaUserAdapter
from local.adapters.workloads.deployment import DeploymentAdapter
from local.adapters.workloads.job import JobAdapter


def all_adapters() -> tuple[Adapter, ...]:
    """One adapter per kind, beginning with those that others wait for."""
    clients = AdminClients()
    return (
        KafkaAdapter(),
        KafkaTopicAdapter(clients),
        KafkaUserAdapter(clients),
        DeploymentAdapter(),
        JobAdapter(),
        FlinkDeploymentAdapter(),
    )
