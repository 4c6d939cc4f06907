"""PostgreSQL: the database of the Iceberg catalog, and any others that are asked for."""

import shlex
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from local.artefacts.postgres import postgres_package
from local.artefacts.versions import REPOSITORY
from local.services.service import config_map, secret
from local.services.unprivileged import as_nobody, give_to_nobody, reachable, readable_copy
from local.state.passwords import password
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine, base_environment
from local.supervisor.spec import ProcessSpec, StopRank, TcpProbe
from operators.telecom_pipeline.objects.manifest import Manifest

CATALOG_DATABASE = "iceberg_catalog"
CATALOG_OBJECT = "lakehouse-catalog"
_SUPERUSER = "postgres"
_PASSWORD_VARIABLE = "TELECOM_SUPERUSER_PASSWORD"  # noqa: S105 (a variable's name)
# The same tables as on Kubernetes; the file says why they are created at all.
CATALOG_TABLES = REPOSITORY / "charts" / "telecom-platform" / "files" / "tables.sql"
# A checkpoint every 15 minutes keeps an idle server idle; durability (fsync) stays at its default, on.
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "checkpoint_timeout": "15min",
    "log_line_prefix": "%m [%p] %u@%d ",
}


class Postgres:
    """A PostgreSQL server with a separate role and password for each database."""

    name = "postgres"

    def __init__(self) -> None:
        self._set_up = False

    def sync(self, machine: Machine) -> bool:
        """Run the server; once it answers, create the catalog's database."""
        record = machine.supervisor.ensure(self._process(machine))
        if record.is_ready and not self._set_up:
            self.create_database(machine, CATALOG_DATABASE, CATALOG_TABLES.read_text())
            self._set_up = True
        return record.is_ready and self._set_up

    def port(self, machine: Machine) -> int:
        """Port of the server on 127.0.0.1."""
        return machine.ports.claim("postgres")

    def endpoint(self, machine: Machine) -> str:
        """Address of the catalog's database, without credentials."""
        return f"postgresql://{LOOPBACK}:{self.port(machine)}/{CATALOG_DATABASE}"

    def connection_objects(self, machine: Machine, namespace: str) -> Sequence[Manifest]:
        """Coordinates and credentials of the catalog."""
        return self.objects(machine, namespace, CATALOG_DATABASE, CATALOG_OBJECT)

    def objects(self, machine: Machine, namespace: str, database: str, name: str) -> tuple[Manifest, Manifest]:
        """ConfigMap and Secret of that name, through which pipelines find a database."""
        username, role_password = self.credentials(machine, database)
        place = {"host": LOOPBACK, "port": str(self.port(machine)), "database": database}
        return (
            config_map(name, namespace, place),
            secret(name, namespace, {"username": username, "password": role_password}),
        )

    def credentials(self, machine: Machine, role: str) -> tuple[str, str]:
        """A role and its password. The role that owns a database is named like it."""
        return role, password(machine.state, f"postgres-{role}")

    def create_database(self, machine: Machine, database: str, ddl: str = "") -> None:
        """Create a database owned by its own role, and run `ddl` as that role. Idempotent."""
        role, role_password = self.credentials(machine, database)
        with _cursor(self._connect(machine, _SUPERUSER, self._superuser_password(machine), "postgres")) as cursor:
            _create_role(cursor, role, role_password)
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
            if cursor.fetchone() is None:
                names = (sql.Identifier(database), sql.Identifier(role))
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
                cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(names[0]))
        if ddl:
            with _cursor(self._connect(machine, role, role_password, database)) as cursor:
                cursor.execute(ddl)

    def create_reader(self, machine: Machine, database: str, role: str, grants: str) -> None:
        """Create a role that may only read, and run `grants` as the database's owner. Idempotent."""
        owner, owner_password = self.credentials(machine, database)
        with _cursor(self._connect(machine, _SUPERUSER, self._superuser_password(machine), "postgres")) as cursor:
            _create_role(cursor, *self.credentials(machine, role))
            names = {"role": sql.Identifier(role), "database": sql.Identifier(database)}
            cursor.execute(sql.SQL("ALTER ROLE {role} SET default_transaction_read_only = on").format(**names))
            cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {role}").format(**names))
        with _cursor(self._connect(machine, owner, owner_password, database)) as cursor:
            cursor.execute(grants)

    def _connect(self, machine: Machine, user: str, user_password: str, database: str) -> Connection:
        return psycopg2.connect(
            host=LOOPBACK,
            port=self.port(machine),
            user=user,
            password=user_password,
            dbname=database,
            connect_timeout=5,
        )

    def _superuser_password(self, machine: Machine) -> str:
        return password(machine.state, "postgres-superuser")

    def _process(self, machine: Machine) -> ProcessSpec:
        home = reachable(machine.state.services / self.name)
        programs = _programs(home)
        data = home / "data"
        give_to_nobody(data)
        port = self.port(machine)
        settings = [flag for key, value in _SETTINGS.items() for flag in ("-c", f"{key}={value}")]
        server = (str(programs / "postgres"), "-D", str(data / "cluster"), "-p", str(port), *settings)
        return ProcessSpec(
            name=self.name,
            argv=as_nobody(("/bin/sh", "-c", _start_script(programs, data, server))),
            log_file=machine.state.log_file(self.name),
            working_directory=Path("/"),
            environment=base_environment() | {_PASSWORD_VARIABLE: self._superuser_password(machine)},
            ports=(port,),
            endpoint=self.endpoint(machine),
            readiness=TcpProbe(port),
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: it does not wait for clients to leave
            stop_rank=StopRank.STORAGE,
        )


def _create_role(cursor: Cursor, role: str, role_password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
    names = {"verb": verb, "role": sql.Identifier(role), "password": sql.Literal(role_password)}
    cursor.execute(sql.SQL("{verb} ROLE {role} LOGIN PASSWORD {password}").format(**names))


def _programs(home: Path) -> Path:
    """Folder of the server's programs, which the user `nobody` can run. They find their libraries relative to it."""
    package = postgres_package()
    libraries = package.with_name(package.name + ".libs")
    usable = readable_copy(package, home / "programs" / package.name)
    if usable != package:
        readable_copy(libraries, home / "programs" / libraries.name)
    return usable / "pginstall" / "bin"


def _start_script(programs: Path, data: Path, server: Sequence[str]) -> str:
    """Initialise the data folder once, then become the server.

    The password goes through a pipe, so that it does not appear in an argument. The folder gets its name last, so an
    initialisation that was cut short starts over.
    """
    flags = ("-U", _SUPERUSER, "--auth=scram-sha-256", "--pwfile=/dev/stdin", "-E", "UTF8", "--locale=C")
    initdb = shlex.join((str(programs / "initdb"), "-D", "draft", *flags, "--no-instructions"))
    return f"""set -e
cd {shlex.quote(str(data))}
if [ ! -d cluster ]; then
  rm -rf draft
  printf %s "${_PASSWORD_VARIABLE}" | {initdb}
  mv draft cluster
fi
unset {_PASSWORD_VARIABLE}
exec {shlex.join(server)}
"""


@contextmanager
def _cursor(connection: Connection) -> Iterator[Cursor]:
    """Cursor in autocommit mode (CREATE DATABASE allows no transaction), closed with its connection."""
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
