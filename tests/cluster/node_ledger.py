"""What the ledger, the topics and the tables of a node say of its events, its frauds and its accounts."""

from pathlib import Path

from node_pipeline import open_catalog
from node_platform import PIPELINES
from psycopg2.extensions import connection as Connection

from contracts.events import FraudAlert, FraudRule
from contracts.ledger import EventCounts, Ledger, TopicBalance, decode_entry, reconcile
from contracts.topics import LEDGER_TOPIC, dead_letter_topic
from local.kubernetes.node import Node
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects import names
from telecom.access.kafka_reader import KafkaReader


def balance(node: Node, cluster: KubeCluster, topics: list[str], scratch: Path) -> dict[str, TopicBalance]:
    """Produced by the ledger, in bronze by Iceberg, in the dead letters by Kafka."""
    reader = KafkaReader(cluster, PIPELINES, "demo", scratch)
    try:
        produced = read_ledger(reader).totals()
        letters = {topic: len({each.key() for each in reader.records(dead_letter_topic(topic))}) for topic in topics}
    finally:
        reader.close()
    catalog = open_catalog(node)
    bronze = {topic: catalog.load_table(("bronze", topic)).scan().count() for topic in topics}
    return reconcile({topic: produced.get(topic, EventCounts()) for topic in topics}, bronze, letters)


def ledger(cluster: KubeCluster, scratch: Path) -> Ledger:
    reader = KafkaReader(cluster, PIPELINES, "demo", scratch)
    try:
        return read_ledger(reader)
    finally:
        reader.close()


def read_ledger(reader: KafkaReader) -> Ledger:
    return Ledger(decode_entry(record.value() or b"") for record in reader.records(LEDGER_TOPIC))


def accused(cluster: KubeCluster, scratch: Path) -> set[tuple[FraudRule, str]]:
    """Rule and subscriber of each committed alert."""
    reader = KafkaReader(cluster, PIPELINES, "demo", scratch, names.ALERT_READER)
    try:
        alerts = [FraudAlert.model_validate_json(each.value() or b"") for each in reader.records(FraudAlert.topic)]
    finally:
        reader.close()
    return {(alert.rule, alert.msisdn) for alert in alerts}


def frozen(crm: Connection) -> set[str]:
    """Subscribers whose account is frozen."""
    with crm, crm.cursor() as cursor:
        cursor.execute("select msisdn from crm.accounts join crm.customers using (customer_id) where status = 'frozen'")
        return {msisdn for (msisdn,) in cursor.fetchall()}
