"""How the pod of a batch job reaches Trino: connection, login, the authority that vouches for it."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from contracts import environment
from contracts.batch_settings import TrinoConnection
from operators.telecom_pipeline.pipeline.storage_references import CA_KEY, PASSWORD_KEY, USERNAME_KEY
from operators.telecom_pipeline.render.kafka_client import Mount, SecretKey
from operators.telecom_pipeline.spec.transform import TrinoEngine

CA_FOLDER = PurePosixPath("/etc/trino-ca")
CA_VOLUME = "trino-ca"


@dataclass(frozen=True)
class TrinoClient:
    """All that a pod needs to log in to Trino."""

    connection: TrinoConnection
    credentials: tuple[SecretKey, ...]
    mounts: tuple[Mount, ...]


def trino_client(engine: TrinoEngine, place: TrinoConnection) -> TrinoClient:
    """Client of the user in the Secret that the spec names."""
    mounts = _authority(engine)
    certificate = Path(CA_FOLDER / CA_KEY) if mounts else None
    return TrinoClient(place.model_copy(update={"ca_file": certificate}), trino_credentials(engine), mounts)


def trino_credentials(engine: TrinoEngine) -> tuple[SecretKey, ...]:
    """User and password, where the spec says that they are."""
    secret = engine.credentials_secret_ref.name
    return (
        SecretKey(environment.TRINO_USERNAME, secret, USERNAME_KEY),
        SecretKey(environment.TRINO_PASSWORD, secret, PASSWORD_KEY),
    )


def _authority(engine: TrinoEngine) -> tuple[Mount, ...]:
    """Only the certificate, whatever else the Secret holds."""
    if engine.ca_secret_ref is None:
        return ()
    secret = {"secretName": engine.ca_secret_ref.name, "items": [{"key": CA_KEY, "path": CA_KEY}]}
    return (Mount({"name": CA_VOLUME, "secret": secret}, str(CA_FOLDER)),)
