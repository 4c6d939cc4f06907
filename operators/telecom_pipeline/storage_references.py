"""The objects that `spec.storage` points at: which they are and which keys each must have."""

from dataclasses import dataclass

from operators.telecom_pipeline import names
from operators.telecom_pipeline.manifest import Ref
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.spec.storage import S3, Catalog

S3_ENDPOINT_KEY = "endpoint"
S3_ACCESS_KEY = "access-key-id"
S3_SECRET_KEY = "secret-access-key"  # noqa: S105 (a key's name)
HOST_KEY = "host"
PORT_KEY = "port"
DATABASE_KEY = "database"
USERNAME_KEY = "username"
PASSWORD_KEY = "password"  # noqa: S105
TOKEN_KEY = "token"  # noqa: S105


@dataclass(frozen=True)
class RequiredObject:
    """An object that must exist with these keys; `field` is where the spec names it."""

    field: str
    ref: Ref
    keys: tuple[str, ...]


def required_objects(pipeline: Pipeline) -> tuple[RequiredObject, ...]:
    """ConfigMaps and Secrets that the storage section refers to, in the order of the spec."""
    storage = pipeline.spec.storage
    return (*_of_s3(pipeline.namespace, storage.s3), *_of_catalog(pipeline.namespace, storage.catalog))


def s3_connection_ref(pipeline: Pipeline) -> Ref | None:
    """ConfigMap with the endpoint of the object store; None when the spec has the endpoint itself."""
    reference = pipeline.spec.storage.s3.connection_ref
    return Ref(names.CONFIG_MAP, pipeline.namespace, reference.name) if reference else None


def jdbc_connection_ref(pipeline: Pipeline) -> Ref | None:
    """ConfigMap with the place of the catalog's database; None when the spec has it itself or the catalog is REST."""
    jdbc = pipeline.spec.storage.catalog.jdbc
    if jdbc is None or jdbc.connection_ref is None:
        return None
    return Ref(names.CONFIG_MAP, pipeline.namespace, jdbc.connection_ref.name)


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
    required = []
    if catalog.jdbc and catalog.jdbc.connection_ref:
        ref = Ref(names.CONFIG_MAP, namespace, catalog.jdbc.connection_ref.name)
        required.append(RequiredObject(f"{path}.jdbc.connectionRef", ref, (HOST_KEY, PORT_KEY, DATABASE_KEY)))
    if catalog.jdbc:
        ref = Ref(names.SECRET, namespace, catalog.jdbc.credentials_secret_ref.name)
        required.append(RequiredObject(f"{path}.jdbc.credentialsSecretRef", ref, (USERNAME_KEY, PASSWORD_KEY)))
    if catalog.rest and catalog.rest.token_secret_ref:
        ref = Ref(names.SECRET, namespace, catalog.rest.token_secret_ref.name)
        required.append(RequiredObject(f"{path}.rest.tokenSecretRef", ref, (TOKEN_KEY,)))
    return tuple(required)
