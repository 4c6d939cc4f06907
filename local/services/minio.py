"""MinIO: object storage with a bucket, and a key that can only use that bucket."""

import json
from collections.abc import Sequence

from minio import Minio as Client
from minio.credentials.providers import StaticProvider
from minio.minioadmin import MinioAdmin

from local.artefacts.minio import minio_binary
from local.services.service import config_map, secret
from local.state.passwords import password
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine, base_environment
from local.supervisor.spec import HttpProbe, ProcessSpec, StopRank
from operators.telecom_pipeline.objects.manifest import Manifest

BUCKET = "lakehouse"
REGION = "us-east-1"
S3_OBJECT = "lakehouse-s3"
_ROOT_USER = "telecom-root"
# The key that pipelines and Trino use; the root credentials stay with this service.
ACCESS_KEY_ID = "telecom-lakehouse"
_POLICY_NAME = "lakehouse-bucket"
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:*"],
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        }
    ],
}


class Minio:
    """One MinIO server on one folder."""

    name = "minio"

    def __init__(self) -> None:
        self._set_up = False

    def sync(self, machine: Machine) -> bool:
        """Run the server; once it answers, create the bucket and the key."""
        record = machine.supervisor.ensure(self._process(machine))
        if record.is_ready and not self._set_up:
            self._create_bucket(machine)
            self._create_key(machine)
            self._set_up = True
        return record.is_ready and self._set_up

    def endpoint(self, machine: Machine) -> str:
        """S3 endpoint."""
        return f"http://{self._address(machine)}"

    def credentials(self, machine: Machine) -> tuple[str, str]:
        """Access key id and secret that may use only the bucket."""
        return ACCESS_KEY_ID, password(machine.state, "minio-lakehouse")

    def connection_objects(self, machine: Machine, namespace: str) -> Sequence[Manifest]:
        """The endpoint and the restricted key."""
        key_id, key = self.credentials(machine)
        return (
            config_map(S3_OBJECT, namespace, {"endpoint": self.endpoint(machine)}),
            secret(S3_OBJECT, namespace, {"access-key-id": key_id, "secret-access-key": key}),
        )

    def _address(self, machine: Machine) -> str:
        return f"{LOOPBACK}:{machine.ports.claim('minio')}"

    def _process(self, machine: Machine) -> ProcessSpec:
        data = machine.state.services / self.name
        data.mkdir(mode=0o700, exist_ok=True)
        port, console_port = machine.ports.claim("minio"), machine.ports.claim("minio-console")
        credentials = {"MINIO_ROOT_USER": _ROOT_USER, "MINIO_ROOT_PASSWORD": password(machine.state, "minio-root")}
        addresses = ("--address", f"{LOOPBACK}:{port}", "--console-address", f"{LOOPBACK}:{console_port}")
        # It neither looks for updates nor sweeps an idle laptop's disk.
        quiet = {"MINIO_UPDATE": "off", "MINIO_SCANNER_SPEED": "slowest", "MINIO_BROWSER": "off"}
        return ProcessSpec(
            name=self.name,
            argv=(str(minio_binary()), "server", "--quiet", *addresses, str(data)),
            log_file=machine.state.log_file(self.name),
            working_directory=data,
            environment=base_environment() | credentials | quiet,
            ports=(port,),
            endpoint=self.endpoint(machine),
            readiness=HttpProbe(port, "/minio/health/ready"),
            stop_rank=StopRank.STORAGE,
        )

    def _root(self, machine: Machine) -> StaticProvider:
        return StaticProvider(_ROOT_USER, password(machine.state, "minio-root"))

    def _create_bucket(self, machine: Machine) -> None:
        client = Client(self._address(machine), credentials=self._root(machine), secure=False, region=REGION)
        if not client.bucket_exists(BUCKET):
            client.make_bucket(BUCKET)

    def _create_key(self, machine: Machine) -> None:
        admin = MinioAdmin(endpoint=self._address(machine), credentials=self._root(machine), secure=False)
        admin.policy_add(_POLICY_NAME, policy=_POLICY)
        admin.user_add(*self.credentials(machine))
        if _POLICY_NAME not in json.loads(admin.user_info(ACCESS_KEY_ID)).get("policyName", ""):
            admin.policy_set(_POLICY_NAME, user=ACCESS_KEY_ID)
