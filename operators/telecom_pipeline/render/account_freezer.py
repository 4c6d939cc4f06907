"""The account freezer."""

from contracts import environment
from contracts.account_freezer_settings import AccountFreezerSettings, FreezePolicy
from contracts.batch_settings import PostgresConnection
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.storage_references import PASSWORD_KEY, USERNAME_KEY
from operators.telecom_pipeline.render.images import ACCOUNT_FREEZER_IMAGE, image
from operators.telecom_pipeline.render.kafka_client import KafkaClient, SecretKey, kafka_client
from operators.telecom_pipeline.render.settings_file import render_settings_file
from operators.telecom_pipeline.render.workload import Workload, render_deployment
from operators.telecom_pipeline.spec.fraud_detection import AccountFreezer

MODULE = "jobs.account_freezer"
# Time to answer the alerts in hand. If it is killed before that, nothing is lost: they come again.
STOP_SECONDS = 30


def render_account_freezer(
    pipeline: Pipeline, freezer: AccountFreezer, bootstrap_servers: str, crm: PostgresConnection
) -> tuple[Manifest, Manifest]:
    """ConfigMap and Deployment of the freezer: one pod, or none when the pipeline is suspended."""
    client = kafka_client(pipeline, names.ACCOUNT_FREEZER, bootstrap_servers)
    secret = freezer.crm.credentials_secret_ref.name
    workload = Workload(
        component=names.ACCOUNT_FREEZER,
        stage=Stage.ACCOUNT_FREEZER,
        module=MODULE,
        image=image(pipeline, ACCOUNT_FREEZER_IMAGE),
        settings=_settings(pipeline, freezer, client, crm),
        credentials=(
            *client.credentials,
            SecretKey(environment.CRM_USERNAME, secret, USERNAME_KEY),
            SecretKey(environment.CRM_PASSWORD, secret, PASSWORD_KEY),
        ),
        mounts=client.mounts,
        resources=freezer.resources,
        stop_seconds=STOP_SECONDS,
    )
    return (
        render_settings_file(pipeline, names.ACCOUNT_FREEZER, Stage.ACCOUNT_FREEZER, workload.settings),
        render_deployment(pipeline, workload, replicas=0 if pipeline.is_suspended else 1),
    )


def _settings(
    pipeline: Pipeline, freezer: AccountFreezer, client: KafkaClient, crm: PostgresConnection
) -> AccountFreezerSettings:
    policy = freezer.policy
    return AccountFreezerSettings(
        kafka=client.connection,
        database=crm,
        consumer_group=names.consumer_group(pipeline.name, names.ACCOUNT_FREEZER),
        policy=FreezePolicy(
            min_severity=policy.min_severity,
            rules=tuple(policy.rules),
            allowed_msisdns=tuple(policy.allowed_msisdns),
            cooldown_seconds=policy.cooldown_seconds,
            false_positive_cooldown_seconds=policy.false_positive_cooldown_seconds,
            is_dry_run=policy.dry_run,
        ),
    )
