"""kopf's side of the operator: one loop per TelecomPipeline, its finalizer, its events.

Level-triggered: a loop runs a pass when one of the pipeline's objects has changed, and at intervals. The objects are
watched by `KubeCluster` rather than by kopf, so that a pass which an event woke also sees what the event reported.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import kopf

from operators.telecom_pipeline.controller.settings import OperatorSettings
from operators.telecom_pipeline.controller.wake_ups import WakeUps
from operators.telecom_pipeline.controller.worker import Worker
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.custom_resource import (
    API_GROUP,
    PLURAL,
    TEARDOWN_FINALIZER,
    TELECOM_PIPELINE,
    VERSION,
)
from operators.telecom_pipeline.objects.manifest import Ref

ANNOTATION_PREFIX = f"operator.{API_GROUP}"
_TEARDOWN_SECONDS = 2.0
_STOP_SECONDS = 30.0


def register(registry: kopf.OperatorRegistry, settings: OperatorSettings, worker: Worker, wake_ups: WakeUps) -> None:
    """Add the handlers to `registry`."""
    resource = (API_GROUP, VERSION, PLURAL)
    executor = ThreadPoolExecutor(settings.workers, thread_name_prefix="worker")

    async def run(function: Any, *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)

    @kopf.on.startup(registry=registry)
    async def configure(settings: kopf.OperatorSettings, **_: Any) -> None:
        wake_ups.attach(asyncio.get_running_loop())
        settings.persistence.finalizer = TEARDOWN_FINALIZER
        settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=ANNOTATION_PREFIX, v1=False)
        settings.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(prefix=ANNOTATION_PREFIX, v1=False)
        settings.posting.reporting_component = "telecom-operator"
        settings.scanning.disabled = True  # our namespaces and CRD are known, so we do not need the right to watch all

    @kopf.on.login(registry=registry)
    def log_in(**details: Any) -> kopf.ConnectionInfo | None:
        return kopf.login_with_service_account(**details) or kopf.login_with_kubeconfig(**details)

    @kopf.daemon(*resource, registry=registry, cancellation_timeout=_STOP_SECONDS)
    async def follow(name: str, namespace: str | None, body: kopf.Body, stopped: kopf.DaemonStopped, **_: Any) -> None:
        ref, woken_at = Ref(TELECOM_PIPELINE, str(namespace), name), None
        try:
            while not stopped:
                done = await run(worker.reconcile, ref, woken_at)
                for each in done.transitions:
                    kopf.event(body, type=each.type, reason=each.reason, message=each.message)
                resting = min(settings.ready_seconds, settings.figures_seconds)
                pause = resting if done.is_settled else settings.progressing_seconds
                woken_at = await wake_ups.wait((ref.namespace, name), pause)
        finally:
            wake_ups.forget((ref.namespace, name))

    @kopf.on.delete(*resource, registry=registry)
    async def tear_down(name: str, namespace: str | None, **_: Any) -> None:
        try:
            step = await run(worker.tear_down, Ref(TELECOM_PIPELINE, str(namespace), name))
        except ClusterError as error:
            raise kopf.TemporaryError(str(error), delay=_TEARDOWN_SECONDS) from error
        if not step.is_done:
            raise kopf.TemporaryError(step.message, delay=_TEARDOWN_SECONDS)
