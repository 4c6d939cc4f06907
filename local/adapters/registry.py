"""The adapters of this machine. ConfigMap and Secret need none: they are data that others look up."""

from local.adapters.adapter import Adapter
from local.adapters.deployment import DeploymentAdapter
from local.adapters.flink_deployment import FlinkDeploymentAdapter
from local.adapters.job import JobAdapter
from local.adapters.kafka import KafkaAdapter
from local.adapters.kafka_admin import AdminClients
from local.adapters.kafka_topic import KafkaTopicAdapter
from local.adapters.kafka_user import KafkaUserAdapter


def all_adapters() -> tuple[Adapter, ...]:
    """One adapter per kind, those that others wait for first."""
    clients = AdminClients()
    return (
        KafkaAdapter(),
        KafkaTopicAdapter(clients),
        KafkaUserAdapter(clients),
        DeploymentAdapter(),
        JobAdapter(),
        FlinkDeploymentAdapter(),
    )
