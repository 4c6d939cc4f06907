"""The whole way on a real node: helm installs, the kubelet runs our pods, events land in Iceberg on the MinIO pod.

The operators of Strimzi and Flink cannot be had here: the adapters of Kafka and Flink stand in for them, with the real
engines on the node. Trino is a pod with the values that its chart gets. The catalog's PostgreSQL holds the CRM too.

The tests are one story, in the order of this file: events, frauds, numbers, what can be seen of it, the end. Each but
the last ones of it can be run alone too.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import psycopg2
import pytest
import trino_pod
from api_servers import api_server
from confinement import RESTRICTED, Confinement, confinement
from leftovers import NODE_PREFIX
from monitors import endpoints
from network_policies import Admission, admissions
from node_ledger import accused, balance, frozen, ledger
from node_pipeline import (
    FEWER_EVENTS,
    SUBSCRIBERS,
    TOWERS,
    apply_demo,
    component_log,
    condition,
    delete_demo,
    open_trino,
    row_counts,
    run_log,
    running,
    secret,
    service_ip,
    stage,
    state_of,
    trino_answers,
)
from node_platform import PIPELINES, SYSTEM, install_platform
from operator_process import eventually
from prometheus_client.parser import text_string_to_metric_families
from psycopg2.extensions import connection as Connection
from test_command import telecom
from trino.exceptions import TrinoUserError

from charts.tools.helm import PLATFORM_CHART, helm
from contracts.ledger import TopicBalance
from images.build import build_images
from images.contents import OPERATOR_IMAGE
from images.image import image_name
from jobs.crm_simulator.inventory import build_inventory
from jobs.crm_simulator.simulation import live_until
from local.adapters.flink.deployment import FlinkDeploymentAdapter
from local.adapters.kafka.admin import AdminClients
from local.adapters.kafka.cluster import KafkaAdapter
from local.adapters.kafka.topic import KafkaTopicAdapter
from local.adapters.kafka.user import KafkaUserAdapter
from local.artefacts.system_tools import missing_for_base
from local.kubernetes.kubectl import KubectlError
from local.kubernetes.node import Node
from local.kubernetes.node_needs import missing_for_a_node
from local.kubernetes.stand_in import StandIn
from local.state.paths import StateDirectory
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects import names
from telecom.audit.ledger_balance import balance_ledger

MISSING = missing_for_a_node() or missing_for_base()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(MISSING is not None, reason=f"no Kubernetes node here: {MISSING}"),
]

CRM_OBJECT = "crm-database"
# Secrets with a login: that of the jobs first.
TRINO_LOGINS = ("lakehouse-trino", "lakehouse-trino-steward", "lakehouse-trino-analyst")
LOG_TAIL_CHARACTERS = 4000
# Long enough for invoices, short enough for a test.
CRM_DAYS = 45
# The Kafka of this node is a process of its own and no pod of Strimzi's.
NOT_ON_THIS_NODE = "tcp-prometheus"


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    folder = Path(tempfile.mkdtemp(prefix=NODE_PREFIX))
    running = Node(folder / "state")
    try:
        running.up(build_images(folder / "images"))
        shutil.rmtree(folder / "images")  # a gigabyte that the node has copied
        install_platform(running)
        yield running
    finally:
        running.down()


@pytest.fixture(scope="module")
def cluster(node: Node) -> Iterator[KubeCluster]:
    running = KubeCluster(api_server(node.kubeconfig))
    yield running
    running.close()


@pytest.fixture(scope="module")
def upstream_state(tmp_path_factory: pytest.TempPathFactory) -> StateDirectory:
    return StateDirectory.open(tmp_path_factory.mktemp("upstream"))


@pytest.fixture(scope="module")
def upstream(node: Node, cluster: KubeCluster, upstream_state: StateDirectory) -> Iterator[StandIn]:
    clients = AdminClients()
    adapters = (KafkaAdapter(), KafkaTopicAdapter(clients), KafkaUserAdapter(clients), FlinkDeploymentAdapter())
    with StandIn(cluster, PIPELINES, adapters, upstream_state, node.address) as stand_in:
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
    today = datetime.now(UTC).date()
    live_until(connection, 1, SUBSCRIBERS, today - timedelta(days=CRM_DAYS), datetime.now(UTC))
    build_inventory(connection, TOWERS, datetime.now(UTC))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def balances(
    upstream: StandIn, crm: Connection, node: Node, cluster: KubeCluster, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, TopicBalance]:
    """The sample has run to its end, and every event is where the ledger says."""
    apply_demo(node)
    eventually(lambda: stage(node) == "Completed", seconds=300, what="the pipeline being completed")
    topics = ["call_events", "sms_events", "data_session_events", "network_probe_events"]
    scratch = tmp_path_factory.mktemp("balances")
    counted: dict[str, TopicBalance] = {}

    def is_balanced() -> bool:
        nonlocal counted
        counted = balance(node, cluster, topics, scratch)
        return all(each.is_balanced and each.produced for each in counted.values())

    eventually(is_balanced, seconds=60, what="the ledger being balanced")
    return counted


def test_events_flow_from_pods_into_iceberg_and_the_ledger_balances(balances: dict[str, TopicBalance]) -> None:
    assert sum(each.bronze for each in balances.values()) > FEWER_EVENTS["eventsPerSecond"]
    assert sum(each.dead_letters for each in balances.values()) > 0


@pytest.mark.usefixtures("balances")
def test_the_planted_frauds_are_found_and_accounts_frozen(
    cluster: KubeCluster, crm: Connection, tmp_path: Path
) -> None:
    planted = {(fraud.rule, fraud.msisdn) for fraud in ledger(cluster, tmp_path).frauds()}
    assert planted
    eventually(lambda: accused(cluster, tmp_path) == planted, seconds=60, what="an alert for each planted fraud")
    eventually(lambda: bool(frozen(crm)), seconds=60, what="a frozen account")
    assert frozen(crm) <= {msisdn for _, msisdn in planted}


@pytest.mark.usefixtures("balances")
def test_the_nightly_run_passes_its_gates_and_publishes(node: Node, cluster: KubeCluster, tmp_path: Path) -> None:
    eventually(lambda: trino_answers(node, tmp_path), seconds=120, what="Trino")
    for job, *options in (("ingest",), ("nightly", "--date", "today")):
        done = telecom(node, "run", "demo", job, "-n", PIPELINES, *options)
        assert done.returncode == 0, f"{done.stderr}\n{run_log(node, job)[-LOG_TAIL_CHARACTERS:]}"
    summary = json.loads(run_log(node, "nightly").splitlines()[-1])
    assert (summary["gates"]["total"], summary["gates"]["failed"]) == (15, 0)
    assert "gold.fact_calls" in {each["table"] for each in summary["published"]}
    with closing(open_trino(node, tmp_path)) as sql:
        assert balance_ledger(sql, ledger(cluster, tmp_path).totals()).is_balanced
        (row,) = sql.rows("SELECT count(*) AS calls FROM gold.fact_calls FOR VERSION AS OF 'published'")
    assert row["calls"] > 0
    eventually(lambda: condition(node, "Published") == "True", seconds=60, what="the condition Published")


def test_an_acceptance_is_recorded_by_a_job_and_the_verdict_of_the_night_stays(node: Node) -> None:
    asked = ("--gate", "volume", "--day", "2026-01-01", "--reason", "a strike", "--by", "ann")
    done = telecom(node, "accept", "demo", "-n", PIPELINES, *asked)
    assert done.returncode == 0, done.stderr
    stands = json.loads(component_log(node, names.GATE_ACCEPTANCE).splitlines()[-1])
    assert (stands["gate"], stands["day"], stands["accepted_by"]) == ("volume", "2026-01-01", "ann")
    assert condition(node, "Published") == "True"


@pytest.mark.usefixtures("balances")
def test_people_log_in_to_trino_and_read_what_is_published(node: Node, tmp_path: Path) -> None:
    for login in TRINO_LOGINS[1:]:
        with closing(open_trino(node, tmp_path, login)) as sql:
            assert sql.rows("SELECT count(*) AS calls FROM published.fact_calls")[0]["calls"] > 0
            with pytest.raises(TrinoUserError, match="Access Denied"):
                sql.run("SELECT * FROM gold.fact_calls LIMIT 1")
    unnamed = f"http://{trino_pod.ADDRESS}:{trino_pod.HTTP_PORT}/v1/statement"
    assert httpx2.post(unnamed, content="SELECT 1", headers={"X-Trino-User": "transformer"}).status_code == 403


@pytest.mark.usefixtures("balances")
def test_kubectl_tells_how_the_pipeline_is(node: Node) -> None:
    header, row = (line.split() for line in node.kubectl("-n", PIPELINES, "get", "tp", "demo").splitlines())
    told = dict(zip(header, row, strict=True))
    assert (told["READY"], told["STAGE"]) == ("True", "Completed")
    # Classes: the worst of the last minutes, and the age of the newest event.
    assert (told["LAG"] in ("0", "<1k"), told["FRESHNESS"][0]) == (True, "<")


@pytest.mark.usefixtures("balances")
def test_every_monitor_of_the_chart_selects_something_that_answers(node: Node) -> None:
    found = [each for each in endpoints(node.kubectl) if each.port != NOT_ON_THIS_NODE]
    assert {each.monitor for each in found} == {"operator", "operator-pipelines"}
    for endpoint in found:
        assert endpoint.urls, endpoint
        for url in endpoint.urls:
            families = {family.name for family in text_string_to_metric_families(httpx2.get(url).text)}
            assert any(name.startswith("telecom_") for name in families), url


@pytest.mark.usefixtures("balances")
def test_no_pod_has_more_power_than_it_needs(node: Node) -> None:
    found = {each["metadata"]["labels"]["app.kubernetes.io/name"]: confinement(node, each) for each in running(node)}
    calls_the_api_server = Confinement(**{**vars(RESTRICTED), "has_token": True})
    names_of_pods = ("minio", "postgresql", "trino", "kafka-to-bronze", "account-freezer")
    assert found == {"telecom-operator": calls_the_api_server} | dict.fromkeys(names_of_pods, RESTRICTED)


@pytest.mark.usefixtures("balances")
def test_the_sinks_figures_are_for_the_operator_and_prometheus_alone(node: Node) -> None:
    with prometheus(node):
        pods = {each["metadata"]["labels"]["app.kubernetes.io/name"]: each for each in running(node)}
        found = {name: admissions(node.kubectl, pod) for name, pod in pods.items()}
    sinks_readers = frozenset((pods["telecom-operator"]["metadata"]["name"], "prometheus"))
    confined = {name: rules for name, rules in found.items() if rules is not None}
    assert confined == {
        "kafka-to-bronze": [Admission("metrics", sinks_readers)],
        "telecom-operator": [Admission("http", None)],
    }


@contextmanager
def prometheus(node: Node) -> Iterator[None]:
    """A pod that is labelled as Prometheus' own are, with an image that the node has."""
    metadata = {"name": "prometheus", "namespace": "default", "labels": {"app.kubernetes.io/name": "prometheus"}}
    waiting = {
        "name": "main",
        "image": image_name(OPERATOR_IMAGE),
        "command": ["sleep", "600"],
        "imagePullPolicy": "Never",
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [waiting]}}
    node.kubectl("apply", "-f", "-", stdin=json.dumps(pod))
    node.kubectl("wait", "--for=condition=Ready", "pod/prometheus", "--timeout=60s")
    yield
    node.kubectl("delete", "pod", "prometheus", "--now")


@pytest.mark.usefixtures("balances")
def test_deleting_the_pipeline_leaves_no_child_but_keeps_its_records(
    node: Node, cluster: KubeCluster, upstream_state: StateDirectory, tmp_path: Path
) -> None:
    before, tables = ledger(cluster, tmp_path).totals(), row_counts(node)
    delete_demo(node)
    assert remains_of_kafka(upstream_state)
    apply_demo(node, deletionPolicy="Delete", desiredState="Suspended")
    eventually(lambda: state_of(node, "users") == "Ready", seconds=120, what="Kafka, topics and users")
    assert ledger(cluster, tmp_path).totals() == before
    delete_demo(node)
    assert not remains_of_kafka(upstream_state)
    assert row_counts(node) == tables


def test_the_operators_pod_has_just_the_rights_it_needs(node: Node) -> None:
    log = node.kubectl("-n", SYSTEM, "logs", "deployment/operator")
    assert "forbidden" not in log.lower()
    account = f"--as=system:serviceaccount:{SYSTEM}:operator"
    assert node.kubectl("auth", "can-i", "get", "secrets", "-n", PIPELINES, account).strip() == "yes"
    with pytest.raises(KubectlError):
        node.kubectl("auth", "can-i", "list", "secrets", "-n", PIPELINES, account)


def test_an_upgrade_of_the_platform_keeps_its_passwords(node: Node) -> None:
    kept = ("lakehouse-s3", "lakehouse-catalog", *TRINO_LOGINS, "lakehouse-trino-server")
    before = [secret(node, name) for name in kept]
    helm("upgrade", "platform", str(PLATFORM_CHART), "-n", PIPELINES, kubeconfig=node.kubeconfig)
    assert [secret(node, name) for name in kept] == before


def remains_of_kafka(state: StateDirectory) -> bool:
    return any(state.kafka.glob("*.demo/data-*"))
