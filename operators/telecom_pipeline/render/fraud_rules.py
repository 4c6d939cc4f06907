"""How the rules reach the running job: a Job writes those that differ to the topic `fraud_rules`.

The rules identify the Job's run: while they stay the same it is not started again, and when they change it is replaced.
"""

from contracts.fraud_rules.publication import RulesPublisherSettings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import FlinkJob, Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render.images import FRAUD_RULES_PUBLISHER_IMAGE, image
from operators.telecom_pipeline.render.kafka_client import kafka_client
from operators.telecom_pipeline.render.settings_file import digest, render_settings_file
from operators.telecom_pipeline.render.workload import Workload, render_job
from operators.telecom_pipeline.spec.base import Resources
from operators.telecom_pipeline.spec.fraud_rules import desired_rules

MODULE = "jobs.fraud_rules_publisher"
RESOURCES = Resources(cpu="50m", memory="128Mi")
STOP_SECONDS = 10


def render_fraud_rules(pipeline: Pipeline, job: FlinkJob, bootstrap_servers: str) -> tuple[Manifest, Manifest]:
    """ConfigMap with the rules and the Job that publishes them."""
    client = kafka_client(pipeline, names.FRAUD_RULES_PUBLISHER, bootstrap_servers)
    settings = RulesPublisherSettings(kafka=client.connection, rules=desired_rules(job.section.rules))
    workload = Workload(
        component=names.FRAUD_RULES_PUBLISHER,
        stage=Stage.FRAUD_DETECTION,
        module=MODULE,
        image=image(pipeline, FRAUD_RULES_PUBLISHER_IMAGE),
        settings=settings,
        credentials=client.credentials,
        mounts=client.mounts,
        resources=RESOURCES,
        stop_seconds=STOP_SECONDS,
    )
    run_digest = digest(settings.model_dump_json(exclude={"kafka"}))
    return (
        render_settings_file(pipeline, names.FRAUD_RULES_PUBLISHER, Stage.FRAUD_DETECTION, settings),
        render_job(pipeline, workload, run_digest, pipeline.is_suspended),
    )
