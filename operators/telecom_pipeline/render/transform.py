"""The batch jobs: settings files that the operator keeps up to date, and the Job of a run on request."""

from collections.abc import Sequence
from pathlib import Path

from contracts import environment
from contracts.batch_settings import (
    ChurnSettings,
    CrmIngestSettings,
    DbtSettings,
    EraseSettings,
    GateAcceptanceSettings,
    NightlySettings,
)
from contracts.nightly_verdict import TERMINATION_LOG
from contracts.settings import Settings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.quantity import mebibytes
from operators.telecom_pipeline.pipeline.endpoints import Endpoints
from operators.telecom_pipeline.pipeline.pipeline import BatchJobs, Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.storage_references import KEY_ID_KEY, PASSWORD_KEY, TOKEN_KEY_KEY, USERNAME_KEY
from operators.telecom_pipeline.pipeline.topics import derived_topic_names, event_topic_names
from operators.telecom_pipeline.render.bronze import s3_connection, storage_credentials
from operators.telecom_pipeline.render.images import (
    CHURN_IMAGE,
    CRM_BATCH_INGESTOR_IMAGE,
    NIGHTLY_IMAGE,
    image,
)
from operators.telecom_pipeline.render.kafka_client import Mount, SecretKey
from operators.telecom_pipeline.render.settings_file import render_settings_file
from operators.telecom_pipeline.render.trino_client import trino_client, trino_credentials
from operators.telecom_pipeline.render.workload import Workload, render_run
from operators.telecom_pipeline.spec.transform import Transform

# In the image of the nightly run, dbt's Python is on the path and the project lies in the working directory.
DBT = DbtSettings(
    python=Path("dbt-python"),
    project_directory=Path("dbt_project"),
    target_directory=Path("/tmp/dbt"),  # noqa: S108 (the pod's own)
)
# Component, image, module.
CRM_INGEST = (names.CRM_BATCH_INGESTOR, CRM_BATCH_INGESTOR_IMAGE, "jobs.crm_batch_ingestor")
NIGHTLY = (names.NIGHTLY, NIGHTLY_IMAGE, "jobs.nightly")
GATE_ACCEPTANCE = (names.GATE_ACCEPTANCE, NIGHTLY_IMAGE, "jobs.nightly.accept")
CHURN = (names.CHURN, CHURN_IMAGE, "jobs.churn")
BATCH_JOBS = tuple(component for component, _, _ in (CRM_INGEST, NIGHTLY, GATE_ACCEPTANCE, CHURN))
# A commit that has begun is finished; the next run repeats whatever was killed half-way.
STOP_SECONDS = 60


class UnknownRunError(LookupError):
    """The pipeline has no such batch job, or the services that the job uses are not known yet."""


def render_transform(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    """ConfigMaps with the settings of the batch jobs; none while an endpoint is unknown."""
    return tuple(
        render_settings_file(pipeline, workload.component, Stage.TRANSFORM, workload.settings)
        for workload in _workloads(pipeline, endpoints)
    )


def render_batch_run(
    pipeline: Pipeline, endpoints: Endpoints, component: str, arguments: Sequence[str] = ()
) -> Manifest:
    """Job that runs a batch job once, with arguments after its settings file. Raises `UnknownRunError`."""
    for workload in _workloads(pipeline, endpoints, tuple(arguments)):
        if workload.component == component:
            return render_run(pipeline, workload)
    raise UnknownRunError(f"{pipeline.namespace}/{pipeline.name} cannot run {component!r}")


def lake_settings(pipeline: Pipeline, endpoints: Endpoints) -> EraseSettings:
    """What a tool that people run needs to reach lake, Trino and CRM, but not Kafka. Raises `UnknownRunError`."""
    if pipeline.batch_jobs is None or endpoints.s3_endpoint is None:
        raise UnknownRunError(f"{pipeline.namespace}/{pipeline.name} has no batch jobs")
    if endpoints.catalog is None or endpoints.trino is None or endpoints.customers is None:
        raise UnknownRunError(f"{pipeline.namespace}/{pipeline.name} does not know its catalog, Trino and CRM yet")
    return EraseSettings(
        s3=s3_connection(pipeline, endpoints.s3_endpoint),
        catalog=endpoints.catalog,
        trino=endpoints.trino,
        database=endpoints.customers,
        calendar=pipeline.batch_jobs.section.calendar.calendar(),
    )


def lake_credentials(pipeline: Pipeline) -> tuple[SecretKey, ...]:
    """Credentials that belong to `lake_settings`."""
    if pipeline.batch_jobs is None:
        return storage_credentials(pipeline)
    section = pipeline.batch_jobs.section
    return (*storage_credentials(pipeline), *_crm_credentials(section), *trino_credentials(section.trino))


def _workloads(pipeline: Pipeline, endpoints: Endpoints, arguments: tuple[str, ...] = ()) -> tuple[Workload, ...]:
    jobs = pipeline.batch_jobs
    s3_endpoint, catalog = endpoints.s3_endpoint, endpoints.catalog
    trino, customers = endpoints.trino, endpoints.customers
    if jobs is None or s3_endpoint is None or catalog is None or trino is None or customers is None:
        return ()
    lake = {"s3": s3_connection(pipeline, s3_endpoint), "catalog": catalog}
    crm, token_key = _crm_credentials(jobs.section), _token_key(jobs.section)
    client = trino_client(jobs.section.trino, trino)
    nightly = NightlySettings.model_validate(
        lake
        | {
            "trino": client.connection,
            "dbt": DBT.model_copy(update={"threads": jobs.dbt_threads}),
            "query_memory_bytes": mebibytes(jobs.section.trino.query_memory) * 2**20,
            "lookback_days": jobs.section.lookback_days,
            "calendar": jobs.section.calendar.calendar(),
            "gates": jobs.section.gates.settings(),
            "topics": (*event_topic_names(pipeline.spec), *derived_topic_names(pipeline.spec)),
        }
    )
    acceptance = GateAcceptanceSettings.model_validate(lake | {"calendar": nightly.calendar})
    database = {"database": customers}
    ingest = CrmIngestSettings.model_validate(lake | database)
    churn = ChurnSettings.model_validate(
        lake | database | {"trino": client.connection, "gates": jobs.section.churn.gates()}
    )
    return (
        _workload(pipeline, jobs, CRM_INGEST, ingest, crm, arguments),
        _workload(
            pipeline,
            jobs,
            NIGHTLY,
            nightly,
            (*token_key, *client.credentials),
            ("--report", TERMINATION_LOG, *arguments),
            client.mounts,
        ),
        _workload(pipeline, jobs, GATE_ACCEPTANCE, acceptance, (), arguments),
        _workload(pipeline, jobs, CHURN, churn, (*crm, *client.credentials), arguments, client.mounts),
    )


def _workload(
    pipeline: Pipeline,
    jobs: BatchJobs,
    job: tuple[str, str, str],
    settings: Settings,
    credentials: tuple[SecretKey, ...],
    arguments: tuple[str, ...],
    mounts: tuple[Mount, ...] = (),
) -> Workload:
    component, repository, module = job
    return Workload(
        component=component,
        stage=Stage.TRANSFORM,
        module=module,
        image=image(pipeline, repository),
        settings=settings,
        credentials=(*storage_credentials(pipeline), *credentials),
        mounts=mounts,
        resources=jobs.resources,
        stop_seconds=STOP_SECONDS,
        arguments=arguments,
        is_served=False,
    )


def _crm_credentials(section: Transform) -> tuple[SecretKey, ...]:
    secret = section.crm.credentials_secret_ref.name
    return (
        SecretKey(environment.CRM_USERNAME, secret, USERNAME_KEY),
        SecretKey(environment.CRM_PASSWORD, secret, PASSWORD_KEY),
    )


def _token_key(section: Transform) -> tuple[SecretKey, ...]:
    secret = section.pii_token_key_secret_ref.name
    return (
        SecretKey(environment.PII_TOKEN_KEY_ID, secret, KEY_ID_KEY),
        SecretKey(environment.PII_TOKEN_KEY, secret, TOKEN_KEY_KEY),
    )
