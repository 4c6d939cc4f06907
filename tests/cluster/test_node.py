"""The whole way on a real node: helm installs, the kubelet runs our pods, events land in Iceberg on the MinIO pod.

The operators of Strimzi and Flink cannot be had here: the adapters of Kafka and Flink stand in for them, with the real
engines on the node. The catalog's PostgreSQL holds the CRM too.
"""

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from conftest import api_server
from operator_process import eventually
from pipelines import sample
from psycopg2.extensions import connection as Connection
from pyiceberg.catalog.sql import SqlCatalog

from contracts.events import FraudAlert, FraudRule
from contracts.ledger import EventCounts, Ledger, TopicBalance, decode_entry, reconcile
from contracts.topics import LEDGER_TOPIC, dead_letter_topic
from images.build import build_images
from jobs.crm_simulator.database import create_tables, populate
from local.adapters.flink_deployment import FlinkDeploymentAdapter
from local.adapters.kafka import KafkaAdapter
from local.adapters.kafka_admin import AdminClients
from local.adapters.kafka_topic import KafkaTopicAdapter
from local.adapters.kafka_user import KafkaUserAdapter
from local.artefacts.image_base import missing_for_base
from local.kafka_reader import KafkaReader
from local.kubernetes.crds import install_crds
from local.kubernetes.helm import OPERATOR_CHART, PLATFORM_CHART, helm
from local.kubernetes.kubectl import KubectlError
from local.kubernetes.node import Node, missing_for_a_node
from local.kubernetes.stand_in import StandIn
from local.paths import StateDirectory
from operators.telecom_pipeline import names
from operators.telecom_pipeline.clusters.kube import KubeCluster

MISSING = missing_for_a_node() or missing_for_base()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(MISSING is not None, reason=f"no Kubernetes node here: {MISSING}"),
]

PIPELINES = "telecom"
SYSTEM = "telecom-system"
# A node with two cores also runs the broker and the tests.
SUBSCRIBERS = 2000
FEWER_EVENTS = {
    "eventsPerSecond": 500,
    "subscriberCount": SUBSCRIBERS,
    "durationSeconds": 10,
    "frauds": {"impossibleTravel": 50_000, "callVelocity": 20_000},
}
CRM_OBJECT = "crm-database"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    running = Node(folder / "state")
    try:
        running.up(build_images(folder / "images"))
        shutil.rmtree(folder / "images")  # a gigabyte that the node has copied
        install_platform(running)
        yield running
    finally:
        running.down()


def install_platform(node: Node) -> None:
    install_crds(node.kubectl)
    for namespace in (PIPELINES, SYSTEM):
        node.kubectl("create", "namespace", namespace)
        node.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    arguments = ("--wait", "--timeout", "4m")
    helm("install", "platform", str(PLATFORM_CHART), "-n", PIPELINES, *arguments, kubeconfig=node.kubeconfig)
    own = (
        "--set",
        "installCrd=false",
        "--set",
        f"watchNamespaces={{{PIPELINES}}}",
        "--set",
        "resources.requests.cpu=10m",
    )
    helm("install", "operator", str(OPERATOR_CHART), "-n", SYSTEM, *own, *arguments, kubeconfig=node.kubeconfig)


@pytest.fixture(scope="module")
def cluster(node: Node) -> Iterator[KubeCluster]:
    running = KubeCluster(api_server(node.kubeconfig))
    yield running
    running.close()


@pytest.fixture(scope="module")
def upstream(node: Node, cluster: KubeCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    clients = AdminClients()
    adapters = (KafkaAdapter(), KafkaTopicAdapter(clients), KafkaUserAdapter(clients), FlinkDeploymentAdapter())
    state = StateDirectory.open(tmp_path_factory.mktemp("upstream"))
    with StandIn(cluster, PIPELINES, adapters, state, node.address) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def crm(node: Node) -> Iterator[Connection]:
    """A CRM with the simulators' subscribers, under the name that the sample refers to."""
    for kind in ("configmap", "secret"):
        copied = json.loads(node.kubectl("-n", PIPELINES, "get", kind, "lakehouse-catalog", "-o", "json"))
        copied["metadata"] = {"name": CRM_OBJECT, "namespace": PIPELINES}
        node.kubectl("apply", "-f", "-", stdin=json.dumps(copied))
    database = secret(node, CRM_OBJECT)
    connection = psycopg2.connect(
        host=service_ip(node, "postgresql"),
        dbname=database["username"],
        user=database["username"],
        password=database["password"],
    )
    create_tables(connection)
    populate(connection, seed=1, customer_count=SUBSCRIBERS, first_day=date(2026, 1, 1))
    yield connection
    connection.close()


@pytest.mark.usefixtures("upstream", "crm")
def test_events_flow_from_pods_into_iceberg_and_the_ledger_balances(
    node: Node, cluster: KubeCluster, tmp_path: Path
) -> None:
    manifest = sample("demo", PIPELINES)
    manifest["spec"]["sources"]["cdr"]["simulator"] |= FEWER_EVENTS
    manifest["spec"]["sources"]["networkProbe"]["simulator"] |= {"towerCount": 50, "durationSeconds": 10}
    manifest["spec"].pop("transform", None)  # no Trino here
    for source in manifest["spec"]["sources"].values():
        source["simulator"]["resources"] = {"cpu": "10m", "memory": "512Mi"}
    manifest["spec"]["bronze"]["resources"] = {"cpu": "10m", "memory": "1Gi"}
    manifest["spec"]["fraudDetection"]["accountFreezer"]["resources"] = {"cpu": "10m", "memory": "256Mi"}
    node.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
    eventually(lambda: stage(node) == "Completed", seconds=300, what="the pipeline being completed")
    topics = ["call_events", "sms_events", "data_session_events", "network_probe_events"]
    balances: dict[str, TopicBalance] = {}

    def is_balanced() -> bool:
        nonlocal balances
        balances = balance(node, cluster, topics, tmp_path)
        return all(each.is_balanced and each.produced for each in balances.values())

    eventually(is_balanced, seconds=60, what="the ledger being balanced")
    assert sum(each.bronze for each in balances.values()) > FEWER_EVENTS["eventsPerSecond"]
    assert sum(each.dead_letters for each in balances.values()) > 0


@pytest.mark.usefixtures("upstream")
def test_the_planted_frauds_are_found_and_accounts_frozen(
    cluster: KubeCluster, crm: Connection, tmp_path: Path
) -> None:
    planted = {(fraud.rule, fraud.msisdn) for fraud in ledger(cluster, tmp_path).frauds()}
    assert planted
    eventually(lambda: accused(cluster, tmp_path) == planted, seconds=60, what="an alert for each planted fraud")
    eventually(lambda: bool(frozen(crm)), seconds=60, what="a frozen account")
    assert frozen(crm) <= {msisdn for _, msisdn in planted}


@pytest.mark.usefixtures("upstream")
def test_deleting_the_pipeline_leaves_no_child_behind(node: Node) -> None:
    node.kubectl("-n", PIPELINES, "delete", "tp", "demo", "--timeout=120s")
    kinds = "flinkdeployments,kafkas,kafkanodepools,kafkatopics,kafkausers,deployments,jobs,configmaps,pods"
    selector = "app.kubernetes.io/managed-by=telecom-operator"
    eventually(lambda: node.kubectl("-n", PIPELINES, "get", kinds, "-l", selector, "-o", "name") == "", seconds=60)


def test_the_operators_pod_has_just_the_rights_it_needs(node: Node) -> None:
    log = node.kubectl("-n", SYSTEM, "logs", "deployment/operator")
    assert "forbidden" not in log.lower()
    account = f"--as=system:serviceaccount:{SYSTEM}:operator"
    assert node.kubectl("auth", "can-i", "get", "secrets", "-n", PIPELINES, account).strip() == "yes"
    with pytest.raises(KubectlError):
        node.kubectl("auth", "can-i", "list", "secrets", "-n", PIPELINES, account)


def test_an_upgrade_of_the_platform_keeps_its_passwords(node: Node) -> None:
    before = [secret(node, name) for name in ("lakehouse-s3", "lakehouse-catalog")]
    helm("upgrade", "platform", str(PLATFORM_CHART), "-n", PIPELINES, kubeconfig=node.kubeconfig)
    assert [secret(node, name) for name in ("lakehouse-s3", "lakehouse-catalog")] == before


def stage(node: Node) -> str:
    return node.kubectl("-n", PIPELINES, "get", "tp", "demo", "-o", "jsonpath={.status.stage}")


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


def open_catalog(node: Node) -> SqlCatalog:
    database, store = secret(node, "lakehouse-catalog"), secret(node, "lakehouse-s3")
    place = f"{service_ip(node, 'postgresql')}:5432/{database['username']}"
    return SqlCatalog(
        "iceberg",
        **{
            "uri": f"postgresql+psycopg2://{database['username']}:{database['password']}@{place}",
            "s3.endpoint": f"http://{service_ip(node, 'minio')}:9000",
            "s3.access-key-id": store["access-key-id"],
            "s3.secret-access-key": store["secret-access-key"],
            "s3.region": "us-east-1",
        },
    )


def secret(node: Node, name: str) -> dict[str, str]:
    data: dict[str, Any] = json.loads(node.kubectl("-n", PIPELINES, "get", "secret", name, "-o", "json"))["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def service_ip(node: Node, name: str) -> str:
    return node.kubectl("-n", PIPELINES, "get", "service", name, "-o", "jsonpath={.spec.clusterIP}")
