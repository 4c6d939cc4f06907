"""Pods of our own jobs: a Deployment that keeps running, or a Job that ends."""

from dataclasses import dataclass
from typing import Any

from contracts.environment import METRICS_PORT
from contracts.settings import Settings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.labels import (
    MANAGED_BY_LABEL,
    RUN_DIGEST_ANNOTATION,
    RUN_MANAGED_BY,
    SETTINGS_DIGEST_ANNOTATION,
    labels,
    pod_selector,
)
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render.kafka_client import Mount, SecretKey
from operators.telecom_pipeline.render.metadata import Identity, child
from operators.telecom_pipeline.render.pod_security import restricted_pod
from operators.telecom_pipeline.render.settings_file import SETTINGS_FILE_NAME, digest, settings_text
from operators.telecom_pipeline.spec.base import Resources

SETTINGS_FOLDER = "/etc/telecom"
METRICS_PORT_NAME = "metrics"
METRICS_PORT_NUMBER = 8080
# User of the processes in our images; any number but root's would do.
USER_ID = 10001
# Three attempts: a node may be lost twice, yet a run that fails on its own is reported soon.
JOB_RETRIES = 2
# How long the Job of a run is kept for whoever asked for it.
RUN_KEPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Workload:
    """A process of ours, as a pod is to run it."""

    component: str
    stage: Stage
    module: str
    image: str
    settings: Settings
    credentials: tuple[SecretKey, ...]
    mounts: tuple[Mount, ...]
    resources: Resources
    stop_seconds: int
    arguments: tuple[str, ...] = ()
    # Whether it answers probes and serves metrics over HTTP, as long-running processes do.
    is_served: bool = True


def render_deployment(pipeline: Pipeline, workload: Workload, replicas: int) -> Manifest:
    """Deployment that never runs more pods than `replicas`: they share partitions, which one more would only move."""
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": pod_selector(pipeline.name, workload.component)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
        "template": _pod_template(pipeline, workload, "Always"),
    }
    name = names.component(pipeline.name, workload.component)
    return child(pipeline, Identity(names.DEPLOYMENT, name, workload.stage, workload.component), {"spec": spec})


def render_job(pipeline: Pipeline, workload: Workload, run_digest: str, is_suspended: bool) -> Manifest:
    """Job that runs once. `run_digest` identifies the run: a Job of the same run is not started again."""
    spec = {
        "suspend": is_suspended,
        "backoffLimit": JOB_RETRIES,
    }
    return _job(pipeline, workload, spec, annotations={RUN_DIGEST_ANNOTATION: run_digest})


def render_run(pipeline: Pipeline, workload: Workload) -> Manifest:
    """Job of a run on request, not a child of the operator. It is tried once: a gate that blocked would block again.

    All runs of a component have the same name, so that two of them cannot write at the same time.
    """
    spec = {
        "backoffLimit": 0,
        "ttlSecondsAfterFinished": RUN_KEPT_SECONDS,
    }
    return _job(pipeline, workload, spec, extra_labels={MANAGED_BY_LABEL: RUN_MANAGED_BY})


def _job(pipeline: Pipeline, workload: Workload, spec: dict[str, Any], **metadata: dict[str, str]) -> Manifest:
    name = names.component(pipeline.name, workload.component)
    pods = {"template": _pod_template(pipeline, workload, "Never")}
    identity = Identity(names.JOB, name, workload.stage, workload.component)
    return child(pipeline, identity, {"spec": spec | pods}, **metadata)


def _pod_template(pipeline: Pipeline, workload: Workload, restart_policy: str) -> dict[str, Any]:
    mounts = _mounts(pipeline, workload)
    return {
        "metadata": {
            "labels": labels(pipeline.name, workload.component, workload.stage),
            "annotations": {SETTINGS_DIGEST_ANNOTATION: digest(settings_text(workload.settings))},
        },
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "restartPolicy": restart_policy,
            "terminationGracePeriodSeconds": workload.stop_seconds,
            "securityContext": restricted_pod(USER_ID),
            "containers": [_container(pipeline, workload, mounts)],
            "volumes": [mount.volume for mount in mounts],
        },
    }


def _container(pipeline: Pipeline, workload: Workload, mounts: tuple[Mount, ...]) -> dict[str, Any]:
    return {
        "name": workload.component,
        "image": workload.image,
        "imagePullPolicy": pipeline.spec.image.pull_policy,
        "command": ["python", "-m", workload.module],
        "args": ["--settings", f"{SETTINGS_FOLDER}/{SETTINGS_FILE_NAME}", *workload.arguments],
        "env": [*_metrics_variable(workload), *(credential.env() for credential in workload.credentials)],
        **(_ports() if workload.is_served else {}),
        "resources": {
            "requests": {"cpu": workload.resources.cpu, "memory": workload.resources.memory},
            "limits": {"memory": workload.resources.memory},
        },
        "securityContext": _container_security(),
        "volumeMounts": [mount.volume_mount() for mount in mounts],
        **(_probes() if workload.is_served else {}),
    }


def _metrics_variable(workload: Workload) -> list[dict[str, Any]]:
    return [{"name": METRICS_PORT, "value": str(METRICS_PORT_NUMBER)}] if workload.is_served else []


def _ports() -> dict[str, Any]:
    return {"ports": [{"name": METRICS_PORT_NAME, "containerPort": METRICS_PORT_NUMBER, "protocol": "TCP"}]}


def _probes() -> dict[str, Any]:
    def probe(path: str, period_seconds: int, failure_threshold: int) -> dict[str, Any]:
        return {
            "httpGet": {"path": path, "port": METRICS_PORT_NAME},
            "periodSeconds": period_seconds,
            "timeoutSeconds": 5,
            "failureThreshold": failure_threshold,
        }

    return {
        # Imports and the first connection may take a minute on a busy node; liveness counts only after that.
        "startupProbe": probe("/live", 2, 60),
        "livenessProbe": probe("/live", 10, 6),
        "readinessProbe": probe("/ready", 2, 3),
    }


def _mounts(pipeline: Pipeline, workload: Workload) -> tuple[Mount, ...]:
    config_map = {"name": names.component(pipeline.name, workload.component)}
    settings = Mount({"name": "settings", "configMap": config_map}, SETTINGS_FOLDER)
    scratch = Mount({"name": "tmp", "emptyDir": {}}, "/tmp", is_read_only=False)  # noqa: S108 (the pod's own)
    return (settings, *workload.mounts, scratch)


def _container_security() -> dict[str, Any]:
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
