"""A FlinkDeployment on one machine: from the manifest to a running job, through a kill, a suspension and a change."""

import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from engines import NAMESPACE, KafkaEngine, LakeEngine, wait_until
from flink_lab import FlinkLab
from fraud_streams import Activity, call

from contracts.topics import FRAUD_RULE_REPORT_TOPIC, FRAUD_RULE_TOPIC
from local.services.minio import BUCKET, S3_OBJECT
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

PREFIX = "flinkcr"
NAME = "fraud"
REF = Ref(names.FLINK_DEPLOYMENT, NAMESPACE, NAME)
START_SECONDS = 150.0
ROLES_ACLS = (
    ("topic", "call_events", ["Read", "Describe"]),
    ("topic", "sms_events", ["Read", "Describe"]),
    ("topic", FRAUD_RULE_TOPIC, ["Read", "Describe"]),
    ("topic", "fraud_alerts", ["Write", "Describe"]),
    ("topic", FRAUD_RULE_REPORT_TOPIC, ["Write", "Describe"]),
)


def from_secret(variable: str, secret: str, key: str) -> dict[str, Any]:
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def deployment(s3_endpoint: str, user: str, **job: Any) -> Manifest:
    container = {
        "name": "flink-main-container",
        "env": [
            from_secret("KAFKA_PASSWORD", user, "password"),
            from_secret("AWS_ACCESS_KEY_ID", S3_OBJECT, "access-key-id"),
            from_secret("AWS_SECRET_ACCESS_KEY", S3_OBJECT, "secret-access-key"),
        ],
        "ports": [{"name": "metrics", "containerPort": 9249}],
        "volumeMounts": [{"name": "settings", "mountPath": "/etc/telecom"}],
    }
    settings = {"name": "settings", "configMap": {"name": f"{NAME}-settings"}}
    return {
        "apiVersion": "flink.apache.org/v1beta1",
        "kind": "FlinkDeployment",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {
            "image": "ghcr.io/telecom/fraud-detection:0.1.0",
            "flinkVersion": "v1_20",
            "flinkConfiguration": {
                "taskmanager.numberOfTaskSlots": "2",
                "execution.checkpointing.interval": "500 ms",
                "execution.checkpointing.timeout": "60 s",
                "execution.checkpointing.unaligned.enabled": "true",
                "execution.checkpointing.dir": f"s3://{BUCKET}/{PREFIX}/checkpoints",
                "execution.checkpointing.savepoint-dir": f"s3://{BUCKET}/{PREFIX}/savepoints",
                "s3.endpoint": s3_endpoint,
                "s3.path.style.access": "true",
                "high-availability.type": "kubernetes",
                "metrics.reporter.prom.factory.class": "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
            },
            "jobManager": {"resource": {"memory": "1000m", "cpu": 0.5}},
            "taskManager": {"resource": {"memory": "1400m", "cpu": 1}},
            "podTemplate": {"spec": {"containers": [container], "volumes": [settings]}},
            "job": {
                "jarURI": "local:///opt/flink/usrlib/fraud-detection.jar",
                "entryClass": "dev.telecom.fraud.job.FraudDetectionJob",
                "args": ["--settings", "/etc/telecom/settings.json"],
                "parallelism": 2,
                "upgradeMode": "savepoint",
                "state": "running",
                **job,
            },
        },
    }


@pytest.fixture(scope="module")
def lab(kafka: KafkaEngine, minio: LakeEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkLab]:
    """Topics, user and settings; the lab's own processes are not used here, only its topics."""
    for name in ("call_events", "sms_events", "fraud_alerts", FRAUD_RULE_REPORT_TOPIC, FRAUD_RULE_TOPIC):
        kafka.create_topic(f"{PREFIX}_{name}")
    acls: list[dict[str, Any]] = [
        {"resource": {"type": kind, "name": f"{PREFIX}_{name}", "patternType": "literal"}, "operations": operations}
        for kind, name, operations in ROLES_ACLS
    ]
    acls.append({"resource": {"type": "group", "name": PREFIX, "patternType": "literal"}, "operations": ["Read"]})
    transactional = {"type": "transactionalId", "name": PREFIX, "patternType": "prefix"}
    acls.append({"resource": transactional, "operations": ["Write", "Describe"]})
    user = f"{PREFIX}-flink"
    kafka.create_user(user, acls)
    found = FlinkLab(tmp_path_factory.mktemp("cr"), PREFIX, kafka.connection(user), {}, kafka.client_settings())
    config_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{NAME}-settings", "namespace": NAMESPACE},
        "data": {"settings.json": found.settings().model_dump_json()},
    }
    kafka.cluster.store.apply(config_map)
    kafka.cluster.publish_connections(NAMESPACE)
    yield found
    kafka.cluster.store.delete(REF)
    wait_until(lambda: kafka.cluster.store.get(REF) is None, "the deployment is gone", START_SECONDS)


def status_of(kafka: KafkaEngine) -> dict[str, Any]:
    return dict((kafka.cluster.store.get(REF) or {}).get("status", {}))


def wait_for(kafka: KafkaEngine, lifecycle: str) -> None:
    def has_come() -> bool:
        manifest = kafka.cluster.store.get(REF)
        status = status_of(kafka)
        is_current = manifest is not None and status.get("observedGeneration") == manifest["metadata"]["generation"]
        return is_current and status.get("lifecycleState") == lifecycle

    wait_until(has_come, f"the deployment is {lifecycle}, it is {json.dumps(status_of(kafka))}", START_SECONDS)


def calls(msisdn: str, first: int, count: int) -> list[Activity]:
    start_ms = time.time_ns() // 1_000_000 - 600_000
    return [
        call(f"{msisdn}-{number}", msisdn=msisdn, imei="", event_time_ms=start_ms + number)
        for number in range(first, first + count)
    ]


def alerts(lab: FlinkLab, msisdn: str) -> int:
    return sum(alert.msisdn == msisdn for alert in lab.alerts())


def java_of(kafka: KafkaEngine, role: str) -> int:
    pid = kafka.cluster.machine.supervisor.command_pid(f"flinkdeployment.{NAMESPACE}.{NAME}-{role}.0")
    assert pid is not None
    return pid


def test_a_job_survives_a_killed_job_manager_a_suspension_and_a_change(
    kafka: KafkaEngine, minio: LakeEngine, lab: FlinkLab
) -> None:
    user, endpoint = f"{PREFIX}-flink", minio.cluster.services.minio.endpoint(minio.cluster.machine)
    kafka.cluster.store.apply(deployment(endpoint, user))
    wait_for(kafka, "STABLE")
    assert status_of(kafka)["jobStatus"]["state"] == "RUNNING"

    lab.send(calls("12069991001", 0, 26))
    wait_until(lambda: alerts(lab, "12069991001") == 1, "the first alert is committed", START_SECONDS)
    lab.send(calls("12069991002", 0, 13))
    os.kill(java_of(kafka, "jobmanager"), signal.SIGKILL)
    lab.send(calls("12069991002", 13, 13))
    wait_until(lambda: alerts(lab, "12069991002") == 1, "the window that spans the kill fires", START_SECONDS)
    wait_for(kafka, "STABLE")

    lab.send(calls("12069991003", 0, 13))
    kafka.cluster.store.apply(deployment(endpoint, user, state="suspended"))
    wait_for(kafka, "SUSPENDED")
    assert "savepoints" in status_of(kafka)["jobStatus"]["upgradeSavepointPath"]
    lab.send(calls("12069991003", 13, 13))
    kafka.cluster.store.apply(deployment(endpoint, user, parallelism=1))
    wait_for(kafka, "STABLE")
    wait_until(lambda: alerts(lab, "12069991003") == 1, "the window that spans the upgrade fires", START_SECONDS)
    assert [alerts(lab, f"1206999100{number}") for number in (1, 2, 3)] == [1, 1, 1]
