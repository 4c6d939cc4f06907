"""How a verb reaches the lake, Trino and the CRM: by the same objects that the batch jobs use."""

from dataclasses import dataclass, field
from pathlib import Path

from contracts.batch_settings import EraseSettings
from local.cluster.object_store import SqliteCluster
from local.cluster.reconcile_pipelines import valid_pipeline
from local.errors import LocalError
from local.state.files import write_atomically
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.storage_references import CA_KEY
from operators.telecom_pipeline.render.bronze import storage_credentials
from operators.telecom_pipeline.render.kafka_client import SecretKey
from operators.telecom_pipeline.render.transform import UnknownRunError, lake_credentials, lake_settings
from telecom.access.secret_values import secret_value
from telecom.pipelines.known_endpoints import known_endpoints


class LakeAccessError(LocalError):
    """An endpoint or a password is not known yet."""


@dataclass(frozen=True)
class LakeAccess:
    """Settings, and the credentials by the environment variables from which jobs read them."""

    settings: EraseSettings
    credentials: dict[str, str] = field(repr=False)


def lake_access(store: SqliteCluster, pipeline: Pipeline, scratch: Path) -> LakeAccess:
    """Access with the rights of the batch jobs, to everything except Kafka. Raises `LakeAccessError`.

    The certificate of Trino's authority is written to `scratch`.
    """
    try:
        settings = lake_settings(pipeline, known_endpoints(store, pipeline))
    except UnknownRunError as error:
        raise LakeAccessError("reach the lake", str(error), "telecom up, then telecom status") from error
    credentials = {key.variable: _value(store, pipeline, key) for key in lake_credentials(pipeline)}
    trino = settings.trino.model_copy(update={"ca_file": _trino_ca_file(store, pipeline, scratch)})
    return LakeAccess(settings.model_copy(update={"trino": trino}), credentials)


def storage_access(store: SqliteCluster, namespace: str, name: str) -> dict[str, str]:
    """Credentials of object store and catalog, by environment variable. Raises `LakeAccessError`."""
    pipeline = valid_pipeline(store, Ref(TELECOM_PIPELINE, namespace, name))
    if pipeline is None:
        raise LakeAccessError("reach the lake", f"{namespace}/{name} is not a valid pipeline", "telecom status")
    return {key.variable: _value(store, pipeline, key) for key in storage_credentials(pipeline)}


def _trino_ca_file(store: SqliteCluster, pipeline: Pipeline, scratch: Path) -> Path | None:
    authority = pipeline.batch_jobs.section.trino.ca_secret_ref if pipeline.batch_jobs else None
    if authority is None:
        return None
    file = scratch / f"{pipeline.name}-trino-ca.crt"
    write_atomically(file, _key(store, pipeline, authority.name, CA_KEY))
    return file


def _value(store: SqliteCluster, pipeline: Pipeline, key: SecretKey) -> str:
    return _key(store, pipeline, key.secret, key.key)


def _key(store: SqliteCluster, pipeline: Pipeline, secret: str, key: str) -> str:
    value = secret_value(store, pipeline.namespace, secret, key)
    if value is None:
        why = f"Secret {pipeline.namespace}/{secret} has no key {key!r}"
        raise LakeAccessError("reach the lake", why, "telecom up, then telecom status")
    return value
