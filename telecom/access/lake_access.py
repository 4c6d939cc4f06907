"""How a verb reaches the lake, Trino and the CRM: by the same objects that the batch jobs use."""

from dataclasses import dataclass, field

from contracts.batch_settings import EraseSettings
from local.cluster.object_store import SqliteCluster
from local.cluster.reconcile_pipelines import valid_pipeline
from local.errors import LocalError
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
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


def lake_access(store: SqliteCluster, pipeline: Pipeline) -> LakeAccess:
    """Access with the rights of the batch jobs, to everything except Kafka. Raises `LakeAccessError`."""
    try:
        settings = lake_settings(pipeline, known_endpoints(store, pipeline))
    except UnknownRunError as error:
        raise LakeAccessError("reach the lake", str(error), "telecom up, then telecom status") from error
    return LakeAccess(settings, {key.variable: _value(store, pipeline, key) for key in lake_credentials(pipeline)})


def storage_access(store: SqliteCluster, namespace: str, name: str) -> dict[str, str]:
    """Credentials of object store and catalog, by environment variable. Raises `LakeAccessError`."""
    pipeline = valid_pipeline(store, Ref(TELECOM_PIPELINE, namespace, name))
    if pipeline is None:
        raise LakeAccessError("reach the lake", f"{namespace}/{name} is not a valid pipeline", "telecom status")
    return {key.variable: _value(store, pipeline, key) for key in storage_credentials(pipeline)}


def _value(store: SqliteCluster, pipeline: Pipeline, key: SecretKey) -> str:
    value = secret_value(store, pipeline.namespace, key.secret, key.key)
    if value is None:
        why = f"Secret {pipeline.namespace}/{key.secret} has no key {key.key!r}"
        raise LakeAccessError("reach the lake", why, "telecom up, then telecom status")
    return value
