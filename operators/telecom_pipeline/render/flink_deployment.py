"""The Flink operator's FlinkDeployment of the fraud detection job, and its settings file."""

from typing import Any

from contracts import environment
from contracts.settings import FraudDetectionSettings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.labels import SETTINGS_DIGEST_ANNOTATION, labels
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.quantity import cores, mebibytes
from operators.telecom_pipeline.objects.upstream import FLINK_JOB_RUNNING, FLINK_JOB_SUSPENDED, FLINK_MAIN_CONTAINER
from operators.telecom_pipeline.pipeline.pipeline import FlinkJob, Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.storage_references import S3_ACCESS_KEY, S3_SECRET_KEY
from operators.telecom_pipeline.render.flink_configuration import METRICS_PORT_NUMBER, flink_configuration
from operators.telecom_pipeline.render.images import FRAUD_DETECTION_IMAGE, image
from operators.telecom_pipeline.render.kafka_client import KafkaClient, Mount, SecretKey, kafka_client
from operators.telecom_pipeline.render.metadata import Identity, child
from operators.telecom_pipeline.render.pod_security import restricted_pod
from operators.telecom_pipeline.render.settings_file import (
    SETTINGS_FILE_NAME,
    digest,
    render_settings_file,
    settings_text,
)
from operators.telecom_pipeline.render.workload import SETTINGS_FOLDER
from operators.telecom_pipeline.spec.base import Resources

FLINK_VERSION = "v1_20"
# The account that the Flink operator's chart creates for jobs; the JobManager starts TaskManagers with it.
SERVICE_ACCOUNT = "flink"
JAR_URI = "local:///opt/flink/usrlib/fraud-detection.jar"
ENTRY_CLASS = "dev.telecom.fraud.job.FraudDetectionJob"
# User `flink` of Flink's images.
USER_ID = 9999


def render_flink_deployment(
    pipeline: Pipeline, job: FlinkJob, bootstrap_servers: str, s3_endpoint: str
) -> tuple[Manifest, Manifest]:
    """ConfigMap and FlinkDeployment; suspending the pipeline stops the job and keeps its state."""
    client = kafka_client(pipeline, names.FRAUD_DETECTION, bootstrap_servers)
    settings = _settings(pipeline, client)
    spec = {
        "image": image(pipeline, FRAUD_DETECTION_IMAGE),
        "imagePullPolicy": pipeline.spec.image.pull_policy,
        "flinkVersion": FLINK_VERSION,
        "serviceAccount": SERVICE_ACCOUNT,
        "flinkConfiguration": flink_configuration(pipeline, job, s3_endpoint),
        "jobManager": {"replicas": 1, "resource": _resource(job.job_manager_resources)},
        "taskManager": {"resource": _resource(job.task_manager_resources)},
        "job": _job(pipeline, job),
        "podTemplate": _pod_template(pipeline, client, settings),
    }
    name = names.component(pipeline.name, names.FRAUD_DETECTION)
    return (
        render_settings_file(pipeline, names.FRAUD_DETECTION, Stage.FRAUD_DETECTION, settings),
        child(
            pipeline,
            Identity(names.FLINK_DEPLOYMENT, name, Stage.FRAUD_DETECTION, names.FRAUD_DETECTION),
            {"spec": spec},
        ),
    )


def _settings(pipeline: Pipeline, client: KafkaClient) -> FraudDetectionSettings:
    return FraudDetectionSettings(
        kafka=client.connection,
        consumer_group=names.consumer_group(pipeline.name, names.FRAUD_DETECTION),
        transactional_id_prefix=names.transactional_id_prefix(pipeline.name, names.FRAUD_DETECTION),
    )


def _job(pipeline: Pipeline, job: FlinkJob) -> dict[str, Any]:
    return {
        "jarURI": JAR_URI,
        "entryClass": ENTRY_CLASS,
        "args": ["--settings", f"{SETTINGS_FOLDER}/{SETTINGS_FILE_NAME}"],
        "parallelism": job.parallelism,
        "upgradeMode": job.section.upgrade_mode,
        "state": FLINK_JOB_SUSPENDED if pipeline.is_suspended else FLINK_JOB_RUNNING,
        "allowNonRestoredState": False,
    }


def _resource(resources: Resources) -> dict[str, Any]:
    """In Flink's own terms: cores, and memory as `1536m`, which the operator sets as request and limit."""
    return {"cpu": cores(resources.cpu), "memory": f"{mebibytes(resources.memory)}m"}


def _pod_template(pipeline: Pipeline, client: KafkaClient, settings: FraudDetectionSettings) -> dict[str, Any]:
    """Pod of JobManager and TaskManager: both read the settings and log in to Kafka."""
    config_map = {"name": names.component(pipeline.name, names.FRAUD_DETECTION)}
    mounts = (Mount({"name": "settings", "configMap": config_map}, SETTINGS_FOLDER), *client.mounts)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "labels": labels(pipeline.name, names.FRAUD_DETECTION, Stage.FRAUD_DETECTION),
            "annotations": {SETTINGS_DIGEST_ANNOTATION: digest(settings_text(settings))},
        },
        "spec": {
            "enableServiceLinks": False,
            "securityContext": restricted_pod(USER_ID),
            "containers": [_container(pipeline, client, mounts)],
            "volumes": [mount.volume for mount in mounts],
        },
    }


def _container(pipeline: Pipeline, client: KafkaClient, mounts: tuple[Mount, ...]) -> dict[str, Any]:
    secret = pipeline.spec.storage.s3.credentials_secret_ref.name
    # In the environment, never in flinkConfiguration: the operator keeps a plain copy of that in the status.
    credentials = (
        *client.credentials,
        SecretKey(environment.AWS_ACCESS_KEY_ID, secret, S3_ACCESS_KEY),
        SecretKey(environment.AWS_SECRET_ACCESS_KEY, secret, S3_SECRET_KEY),
    )
    return {
        "name": FLINK_MAIN_CONTAINER,
        "env": [credential.env() for credential in credentials],
        "ports": [{"name": "metrics", "containerPort": METRICS_PORT_NUMBER, "protocol": "TCP"}],
        # Flink writes its working files beside its programs, so the root file system stays writable.
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [mount.volume_mount() for mount in mounts],
    }
