"""Trino: one node that both coordinates and works, with the tables of pipelines. Whoever asks it must log in."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from local.artefacts.java import java_25
from local.artefacts.trino import trino_home
from local.services.crm_catalog import CRM_CATALOG, crm_catalog, crm_reader_credentials
from local.services.minio import BUCKET, REGION, Minio
from local.services.postgres import CATALOG_DATABASE, Postgres
from local.services.service import config_map, secret
from local.services.trino_logins import (
    TrinoUser,
    password_file,
    trino_certificates,
    trino_folder,
    trino_password,
    write_password_file,
)
from local.state.files import write_atomically
from local.state.passwords import password
from local.state.paths import StateDirectory
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine, base_environment
from local.supervisor.spec import HttpProbe, ProcessSpec, StopRank
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.storage_references import (
    CA_KEY,
    HOST_KEY,
    PASSWORD_KEY,
    PORT_KEY,
    USERNAME_KEY,
)
from operators.telecom_pipeline.spec.storage import Catalog

# Name of the catalog in SQL and in the JDBC catalog's tables, where every engine must use the same name.
CATALOG: str = Catalog.model_fields["name"].default
# The same tables for people, read-only: access rules cannot forbid `ALTER TABLE … EXECUTE`, only a catalog can.
READERS_CATALOG = "lakehouse"
TRINO_OBJECT = "lakehouse-trino"
HEAP = "1g"
MOST_DAYS_AT_ONCE = 1000
_RULES = Path(__file__).parents[2] / "manifests" / "trino"
ACCESS_RULES = _RULES / "access-rules.json"
# How much of the engine the jobs and people may take, and how much one query of people.
RESOURCE_GROUPS = _RULES / "resource-groups.json"
SESSION_PROPERTIES = _RULES / "session-properties.json"
# Trino's own list for its release, without jdk.incubator.vector, which a cut-down runtime lacks.
_JVM_FLAGS = (
    f"-Xmx{HEAP}",
    # A laptop's queries are short and all different: the optimizing compiler took half of all processor time.
    "-XX:TieredStopAtLevel=1",
    # With two cores and a small heap, concurrent collection costs more than short pauses.
    "-XX:+UseParallelGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:ReservedCodeCacheSize=256M",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
    "-XX:+EnableDynamicAgentLoading",
)


class Trino:
    """Queries what pipelines wrote. Users log in over TLS; over HTTP, Trino talks to itself and refuses users."""

    name = "trino"

    def __init__(self, postgres: Postgres, minio: Minio, warehouse_prefix: str = "") -> None:
        self._postgres = postgres
        self._minio = minio
        self._warehouse = f"s3://{BUCKET}/{warehouse_prefix}".rstrip("/")
        self._knows_users = False

    def sync(self, machine: Machine) -> bool:
        """Run the server; it starts beside the database and the storage, and needs them only at the first query."""
        if not self._knows_users:
            write_password_file(machine.state)
            self._knows_users = True
        return machine.supervisor.ensure(self._process(machine)).is_ready

    def port(self, machine: Machine) -> int:
        """Port of HTTPS on 127.0.0.1."""
        return machine.ports.claim("trino")

    def endpoint(self, machine: Machine) -> str:
        """Base address of its HTTPS interface."""
        return f"https://{LOOPBACK}:{self.port(machine)}"

    def connection_objects(self, machine: Machine, namespace: str) -> Sequence[Manifest]:
        """Coordinates, the login of the jobs, and the authority that vouches for the server."""
        user = TrinoUser.TRANSFORMER
        place = {HOST_KEY: LOOPBACK, PORT_KEY: str(self.port(machine))}
        login = {USERNAME_KEY: str(user), PASSWORD_KEY: trino_password(machine.state, user)}
        authority = {CA_KEY: trino_certificates(machine.state).authority.read_text()}
        return (config_map(TRINO_OBJECT, namespace, place), secret(TRINO_OBJECT, namespace, login | authority))

    def _process(self, machine: Machine) -> ProcessSpec:
        home = trino_home()
        folder = trino_folder(machine.state)
        port, http_port = self.port(machine), machine.ports.claim("trino-http")
        configuration = {
            "config.properties": [*_server(home), *_listeners(port, http_port), *_logins(machine.state)],
            "password-authenticator.properties": _password_authenticator(machine.state),
            # Who may do what: manifests/trino/access-rules.json.
            "access-control.properties": ["access-control.name=file", f"security.config-file={ACCESS_RULES}"],
            "resource-groups.properties": [
                "resource-groups.configuration-manager=file",
                f"resource-groups.config-file={RESOURCE_GROUPS}",
            ],
            "session-property-config.properties": [
                "session-property-config.configuration-manager=file",
                f"session-property-manager.config-file={SESSION_PROPERTIES}",
            ],
            "log.properties": ["io.trino=WARN", "io.airlift=WARN", "io.trino.server.Server=INFO"],
            f"catalog/{CATALOG}.properties": self._catalog(machine),
            f"catalog/{READERS_CATALOG}.properties": [*self._catalog(machine), "iceberg.security=READ_ONLY"],
            f"catalog/{CRM_CATALOG}.properties": crm_catalog(self._postgres, machine),
        }
        for name, lines in configuration.items():
            write_atomically(folder / "etc" / name, "\n".join(lines) + "\n")
        rules = [file.read_text() for file in (ACCESS_RULES, RESOURCE_GROUPS, SESSION_PROPERTIES)]
        argv = (str(java_25()), *_JVM_FLAGS, *_system_properties(folder), "-cp", f"{home / 'lib'}/*")
        return ProcessSpec(
            name=self.name,
            argv=(*argv, "io.trino.server.TrinoServer"),
            log_file=machine.state.log_file(self.name),
            working_directory=folder,
            environment=base_environment() | self._credentials(machine),
            revision=hashlib.sha256(repr((argv, configuration, rules)).encode()).hexdigest(),
            ports=(port, http_port),
            endpoint=self.endpoint(machine),
            readiness=HttpProbe(http_port, "/v1/info", body_contains='"starting":false'),
            stop_rank=StopRank.QUERY_ENGINE,
        )

    def _credentials(self, machine: Machine) -> dict[str, str]:
        user, user_password = self._postgres.credentials(machine, CATALOG_DATABASE)
        key_id, key = self._minio.credentials(machine)
        return {
            "CATALOG_USERNAME": user,
            "CATALOG_PASSWORD": user_password,
            "S3_ACCESS_KEY_ID": key_id,
            "S3_SECRET_ACCESS_KEY": key,
            "INTERNAL_SECRET": password(machine.state, "trino-internal"),
            **crm_reader_credentials(self._postgres, machine),
        }

    def _catalog(self, machine: Machine) -> list[str]:
        database = f"jdbc:postgresql://{LOOPBACK}:{self._postgres.port(machine)}/{CATALOG_DATABASE}"
        return [
            "connector.name=iceberg",
            "iceberg.catalog.type=jdbc",
            "iceberg.jdbc-catalog.driver-class=org.postgresql.Driver",
            f"iceberg.jdbc-catalog.connection-url={database}",
            "iceberg.jdbc-catalog.connection-user=${ENV:CATALOG_USERNAME}",
            "iceberg.jdbc-catalog.connection-password=${ENV:CATALOG_PASSWORD}",
            f"iceberg.jdbc-catalog.catalog-name={CATALOG}",
            "iceberg.jdbc-catalog.schema-version=V1",
            f"iceberg.jdbc-catalog.default-warehouse-dir={self._warehouse}",
            "iceberg.file-format=PARQUET",
            "iceberg.unique-table-location=true",
            # Sketches of distinct values cost one more file per commit, and joins of this size do not need them.
            "iceberg.extended-statistics.collect-on-write=false",
            # Days that one statement may write to: the first night after a history takes all of it, others a few.
            f"iceberg.max-partitions-per-writer={MOST_DAYS_AT_ONCE}",
            "fs.native-s3.enabled=true",
            f"s3.endpoint={self._minio.endpoint(machine)}",
            f"s3.region={REGION}",
            "s3.path-style-access=true",
            "s3.aws-access-key=${ENV:S3_ACCESS_KEY_ID}",
            "s3.aws-secret-key=${ENV:S3_SECRET_ACCESS_KEY}",
        ]


def _server(home: Path) -> list[str]:
    return [
        "coordinator=true",
        "node-scheduler.include-coordinator=true",
        "query.max-memory=512MB",
        "query.max-memory-per-node=512MB",
        "node.environment=local",
        "node.id=local",
        f"node.bind-ip={LOOPBACK}",
        f"node.internal-address={LOOPBACK}",
        f"plugin.dir={home / 'plugin'}",
    ]


def _listeners(port: int, http_port: int) -> list[str]:
    return [
        "http-server.https.enabled=true",
        f"http-server.https.port={port}",
        # Trino's own: it reports to itself there, proving who it is with the secret.
        f"http-server.http.port={http_port}",
        f"discovery.uri=http://{LOOPBACK}:{http_port}",
    ]


def _logins(state: StateDirectory) -> list[str]:
    return [
        f"http-server.https.keystore.path={trino_certificates(state).server}",
        "http-server.authentication.type=PASSWORD",
        "http-server.authentication.allow-insecure-over-http=false",
        "internal-communication.shared-secret=${ENV:INTERNAL_SECRET}",
        "web-ui.enabled=false",
    ]


def _password_authenticator(state: StateDirectory) -> list[str]:
    return [
        "password-authenticator.name=file",
        f"file.password-file={password_file(state)}",
        # Logins are remembered until then, and the file changes only before a start.
        "file.refresh-period=1h",
    ]


def _system_properties(folder: Path) -> tuple[str, ...]:
    return (
        f"-Dconfig={folder / 'etc' / 'config.properties'}",
        f"-Dlog.levels-file={folder / 'etc' / 'log.properties'}",
        f"-Dcatalog.config-dir={folder / 'etc' / 'catalog'}",
    )
