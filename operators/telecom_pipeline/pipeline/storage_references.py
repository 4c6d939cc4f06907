"""The objects that a spec refers to, and the keys that each of them must have."""

from dataclasses import dataclass

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.spec.storage import S3, Catalog, PostgresDatabase
from operators.telecom_pipeline.spec.transform import Transform

S3_ENDPOINT_KEY = "endpoint"
S3_ACCESS_KEY = "access-key-id"
S3_SECRET_KEY = "secret-access-key"  # noqa: S105 (a key's name)
HOST_KEY = "host"
PORT_KEY = "port"
DATABASE_KEY = "database"
USERNAME_KEY = "username"
PASSWORD_KEY = "password"  # noqa: S105
CA_KEY = "ca.crt"
TOKEN_KEY = "token"  # noqa: S105
KEY_ID_KEY = "key-id"
TOKEN_KEY_KEY = "key"  # noqa: S105
TRANSFORM_PATH = "spec.transform"
CRM_PATH = "spec.fraudDetection.accountFreezer.crm"


@dataclass(frozen=True)
class RequiredObject:
    """An object that must exist with these keys; `field` is where the spec names it, `stage` waits for it."""

    field: str
    ref: Ref
    keys: tuple[str, ...]
    stage: Stage = Stage.STORAGE


def required_objects(pipeline: Pipeline) -> tuple[RequiredObject, ...]:
    """ConfigMaps and Secrets that the spec refers to, in its order."""
    storage = pipeline.spec.storage
    crm, transform = crm_database(pipeline), pipeline.spec.transform
    return (
        *_of_s3(pipeline.namespace, storage.s3),
        *_of_catalog(pipeline.namespace, storage.catalog),
        *(_of_database(pipeline.namespace, crm, CRM_PATH, Stage.ACCOUNT_FREEZER) if crm else ()),
        *(_of_transform(pipeline.namespace, transform) if transform else ()),
    )


def crm_database(pipeline: Pipeline) -> PostgresDatabase | None:
    """The CRM database, None where no account is frozen."""
    detection = pipeline.spec.fraud_detection
    return detection.account_freezer.crm if detection and detection.account_freezer else None


def database_connection_ref(namespace: str, database: PostgresDatabase) -> Ref | None:
    """ConfigMap that says where a database is; None when the spec itself does."""
    reference = database.connection_ref
    return Ref(names.CONFIG_MAP, namespace, reference.name) if reference else None


def trino_connection_ref(namespace: str, transform: Transform) -> Ref | None:
    """ConfigMap that says where Trino is; None when the spec itself does."""
    reference = transform.trino.connection_ref
    return Ref(names.CONFIG_MAP, namespace, reference.name) if reference else None


def s3_connection_ref(pipeline: Pipeline) -> Ref | None:
    """ConfigMap with the endpoint of the object store; None when the spec itself has it."""
    reference = pipeline.spec.storage.s3.connection_ref
    return Ref(names.CONFIG_MAP, pipeline.namespace, reference.name) if reference else None


def _of_s3(namespace: str, s3: S3) -> tuple[RequiredObject, ...]:
    path = "spec.storage.s3"
    secret = RequiredObject(
        f"{path}.credentialsSecretRef",
        Ref(names.SECRET, namespace, s3.credentials_secret_ref.name),
        (S3_ACCESS_KEY, S3_SECRET_KEY),
    )
    if s3.connection_ref is None:
        return (secret,)
    ref = Ref(names.CONFIG_MAP, namespace, s3.connection_ref.name)
    return (RequiredObject(f"{path}.connectionRef", ref, (S3_ENDPOINT_KEY,)), secret)


def _of_catalog(namespace: str, catalog: Catalog) -> tuple[RequiredObject, ...]:
    path = "spec.storage.catalog"
    required = [*_of_database(namespace, catalog.jdbc, f"{path}.jdbc", Stage.STORAGE)] if catalog.jdbc else []
    if catalog.rest and catalog.rest.token_secret_ref:
        ref = Ref(names.SECRET, namespace, catalog.rest.token_secret_ref.name)
        required.append(RequiredObject(f"{path}.rest.tokenSecretRef", ref, (TOKEN_KEY,)))
    return tuple(required)


def _of_database(namespace: str, database: PostgresDatabase, path: str, stage: Stage) -> tuple[RequiredObject, ...]:
    secret = Ref(names.SECRET, namespace, database.credentials_secret_ref.name)
    credentials = RequiredObject(f"{path}.credentialsSecretRef", secret, (USERNAME_KEY, PASSWORD_KEY), stage)
    ref = database_connection_ref(namespace, database)
    if ref is None:
        return (credentials,)
    return (RequiredObject(f"{path}.connectionRef", ref, (HOST_KEY, PORT_KEY, DATABASE_KEY), stage), credentials)


def _of_transform(namespace: str, transform: Transform) -> tuple[RequiredObject, ...]:
    key = Ref(names.SECRET, namespace, transform.pii_token_key_secret_ref.name)
    return (
        *_of_trino(namespace, transform),
        *_of_database(namespace, transform.crm, f"{TRANSFORM_PATH}.crm", Stage.TRANSFORM),
        RequiredObject(f"{TRANSFORM_PATH}.piiTokenKeySecretRef", key, (KEY_ID_KEY, TOKEN_KEY_KEY), Stage.TRANSFORM),
    )


def _of_trino(namespace: str, transform: Transform) -> tuple[RequiredObject, ...]:
    trino, path = transform.trino, f"{TRANSFORM_PATH}.trino"
    place = trino_connection_ref(namespace, transform)
    login = Ref(names.SECRET, namespace, trino.credentials_secret_ref.name)
    authority = Ref(names.SECRET, namespace, trino.ca_secret_ref.name) if trino.ca_secret_ref else None
    return (
        *((RequiredObject(f"{path}.connectionRef", place, (HOST_KEY, PORT_KEY), Stage.TRANSFORM),) if place else ()),
        RequiredObject(f"{path}.credentialsSecretRef", login, (USERNAME_KEY, PASSWORD_KEY), Stage.TRANSFORM),
        *((RequiredObject(f"{path}.caSecretRef", authority, (CA_KEY,), Stage.TRANSFORM),) if authority else ()),
    )
