"""Simulators: a Job for one that ends by itself, a Deployment for any other."""

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.sources import Simulator, simulators_of
from operators.telecom_pipeline.render.images import PRODUCERS_IMAGE, image
from operators.telecom_pipeline.render.kafka_client import kafka_client
from operators.telecom_pipeline.render.settings_file import digest, render_settings_file
from operators.telecom_pipeline.render.workload import Workload, render_deployment, render_job

# Time to deliver the client's buffer and to write the last ledger entry.
STOP_SECONDS = 30


def render_sources(pipeline: Pipeline, bootstrap_servers: str) -> tuple[Manifest, ...]:
    """ConfigMap and workload of each simulator."""
    return tuple(
        manifest
        for simulator in simulators_of(pipeline.spec)
        for manifest in _simulator(pipeline, simulator, bootstrap_servers)
    )


def _simulator(pipeline: Pipeline, simulator: Simulator, bootstrap_servers: str) -> tuple[Manifest, Manifest]:
    client = kafka_client(pipeline, simulator.component, bootstrap_servers)
    workload = Workload(
        component=simulator.component,
        stage=simulator.stage,
        module=simulator.module,
        image=image(pipeline, PRODUCERS_IMAGE),
        settings=simulator.settings(client.connection),
        credentials=client.credentials,
        mounts=client.mounts,
        resources=simulator.resources,
        stop_seconds=STOP_SECONDS,
    )
    settings_file = render_settings_file(pipeline, simulator.component, simulator.stage, workload.settings)
    if simulator.is_bounded:
        return settings_file, render_job(pipeline, workload, digest(simulator.run), pipeline.is_suspended)
    return settings_file, render_deployment(pipeline, workload, replicas=0 if pipeline.is_suspended else 1)
