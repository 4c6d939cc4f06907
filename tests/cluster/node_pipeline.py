"""The demo pipeline on a node: how small it is there, its life, and questions as a user asks them."""

import base64
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import requests
import trino.exceptions
import trino_pod
from node_platform import PIPELINES
from operator_process import eventually
from pipelines import sample
from pyiceberg.catalog.sql import SqlCatalog

from contracts.batch_settings import TrinoConnection
from contracts.environment import TRINO_PASSWORD, TRINO_USERNAME
from jobs.runtime.trino import TrinoSql
from local.kubernetes.node import Node
from operators.telecom_pipeline.objects import labels, names
from operators.telecom_pipeline.objects.manifest import Manifest
from telecom.batch.job_names import BatchJob

# A node with two cores also runs the broker and the tests.
SUBSCRIBERS = 2000
TOWERS = 50
FEWER_EVENTS = {
    "eventsPerSecond": 500,
    "subscriberCount": SUBSCRIBERS,
    "durationSeconds": 10,
    "frauds": {"impossibleTravel": 50_000, "callVelocity": 20_000},
}


def apply_demo(node: Node, **more: object) -> None:
    """The sample, as small as a node with two cores needs it."""
    manifest = sample("demo", PIPELINES)
    spec = manifest["spec"]
    spec["sources"]["cdr"]["simulator"] |= FEWER_EVENTS
    # Half a year of days is a file each in every table, which takes a node of this size too long.
    spec["sources"]["cdr"]["simulator"]["history"] = {"startTime": "P2D", "subscriberCount": 50}
    spec["sources"]["cdr"]["simulator"] |= {"towerCount": TOWERS}
    spec["sources"]["networkProbe"]["simulator"] |= {"durationSeconds": 10}
    for source in spec["sources"].values():
        source["simulator"]["resources"] = {"cpu": "10m", "memory": "512Mi"}
    spec["bronze"]["resources"] = {"cpu": "10m", "memory": "1Gi"}
    spec["fraudDetection"]["accountFreezer"]["resources"] = {"cpu": "10m", "memory": "256Mi"}
    spec["transform"]["resources"] = {"cpu": "10m", "memory": "1Gi"}
    node.kubectl("apply", "-f", "-", stdin=json.dumps(manifest | {"spec": spec | more}))


def delete_demo(node: Node) -> None:
    """Delete the pipeline and wait until nothing of it is left, runs that were asked for among it."""
    node.kubectl("-n", PIPELINES, "delete", "tp", "demo", "--timeout=120s")
    kinds = "flinkdeployments,kafkas,kafkanodepools,kafkatopics,kafkausers,deployments,jobs,configmaps,pods"
    selector = f"{labels.PIPELINE_LABEL}=demo"
    eventually(lambda: node.kubectl("-n", PIPELINES, "get", kinds, "-l", selector, "-o", "name") == "", seconds=60)


def row_counts(node: Node) -> dict[str, int]:
    catalog = open_catalog(node)
    return {name: catalog.load_table(("bronze", name)).scan().count() for _, name in catalog.list_tables("bronze")}


def running(node: Node) -> list[Manifest]:
    found: list[Manifest] = json.loads(
        node.kubectl("get", "pods", "-A", "--field-selector=status.phase=Running", "-o", "json")
    )["items"]
    return found


def trino_answers(node: Node, folder: Path) -> bool:
    """Whether a statement comes through: in the moments after it says that it has started, Trino fails some."""
    try:
        with closing(open_trino(node, folder)) as sql:
            return bool(sql.rows("SELECT count(*) AS nodes FROM system.runtime.nodes"))
    except (trino.exceptions.Error, requests.RequestException):
        return False


def open_trino(node: Node, folder: Path, login: str = "lakehouse-trino") -> TrinoSql:
    """Trino, as the user of a Secret of the platform's chart."""
    found = secret(node, login)
    (folder / "ca.crt").write_text(found["ca.crt"])
    connection = TrinoConnection(
        host=trino_pod.ADDRESS,
        port=trino_pod.https_port(),
        catalog="iceberg" if login == "lakehouse-trino" else "lakehouse",
        ca_file=folder / "ca.crt",
    )
    return TrinoSql(connection, {TRINO_USERNAME: found["username"], TRINO_PASSWORD: found["password"]})


def run_log(node: Node, job: str) -> str:
    return component_log(node, BatchJob(job).component)


def component_log(node: Node, component: str) -> str:
    return node.kubectl("-n", PIPELINES, "logs", f"job/{names.component('demo', component)}")


def condition(node: Node, kind: str) -> str:
    path = f'{{.status.conditions[?(@.type=="{kind}")].status}}'
    return node.kubectl("-n", PIPELINES, "get", "tp", "demo", "-o", f"jsonpath={path}")


def state_of(node: Node, stage: str) -> str:
    path = f'{{.status.stages[?(@.name=="{stage}")].state}}'
    return node.kubectl("-n", PIPELINES, "get", "tp", "demo", "-o", f"jsonpath={path}")


def stage(node: Node) -> str:
    return node.kubectl("-n", PIPELINES, "get", "tp", "demo", "-o", "jsonpath={.status.stage}")


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
