"""The carrier's CRM: customers in a PostgreSQL database, generated once by `jobs.crm_simulator`."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from contracts import environment
from contracts.batch_settings import CrmSimulatorSettings, PostgresConnection
from local.artefacts.versions import REPOSITORY
from local.services.postgres import Postgres
from local.state.files import write_atomically
from local.state.paths import StateDirectory
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine, base_environment
from local.supervisor.record import Phase
from local.supervisor.spec import ProcessSpec, RestartPolicy
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.spec.sources import DEFAULT_TOWER_COUNT

CRM_DATABASE = "crm"
CRM_OBJECT = "crm-database"
# The user as which Trino reads it.
CRM_READER = "crm_reader"
# The same rights as on Kubernetes.
CRM_READER_RIGHTS = REPOSITORY / "charts" / "telecom-platform" / "files" / "crm_reader.sql"
# Subscribers have the same numbers here as in the network, and the samples' simulators have at most this many.
CUSTOMER_COUNT = 10_000
SEED = 42
# Churn scores learn from dates on a grid, a month apart, whose outcome is known, and are judged on the newest of them,
# which is up to two months back. Before the date that they learn from, a month earlier, invoices must have fallen due,
# which takes up to a month and a half from the first day.
HISTORY_DAYS = 135
# A day before any customer's life began: the simulator generates only the customers.
BEFORE_ALL_DAYS = date(1970, 1, 1)


def settings_file(state: StateDirectory) -> Path:
    """Settings of the simulator that fills the database."""
    return state.services / Crm.name / "settings.json"


class Crm:
    """Pipelines find the database only once its customers are in it, or they would take a subscriber for a stranger."""

    name = "crm"

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._has_database = False
        self._is_filled = False

    def sync(self, machine: Machine) -> bool:
        """Once PostgreSQL is set up, run the simulator to its end. Existing customers stay as they are."""
        if not self._is_filled and self._postgres.sync(machine):
            if not self._has_database:
                self._postgres.create_database(machine, CRM_DATABASE)
                self._has_database = True
            record = machine.supervisor.ensure(self._process(machine))
            if record.phase is Phase.EXITED and record.exit_code == 0:
                self._postgres.create_reader(machine, CRM_DATABASE, CRM_READER, CRM_READER_RIGHTS.read_text())
                self._is_filled = True
        return self._is_filled

    def endpoint(self, machine: Machine) -> str:
        """Address of the database, without credentials."""
        return f"postgresql://{LOOPBACK}:{self._postgres.port(machine)}/{CRM_DATABASE}"

    def connection_objects(self, machine: Machine, namespace: str) -> Sequence[Manifest]:
        """Coordinates and credentials; none before the customers exist."""
        if not self._is_filled:
            return ()
        return self._postgres.objects(machine, namespace, CRM_DATABASE, CRM_OBJECT)

    def _process(self, machine: Machine) -> ProcessSpec:
        settings = settings_file(machine.state)
        settings.parent.mkdir(exist_ok=True)
        write_atomically(settings, self._settings(machine).model_dump_json(indent=2))
        username, password = self._postgres.credentials(machine, CRM_DATABASE)
        credentials = {environment.CRM_USERNAME: username, environment.CRM_PASSWORD: password}
        arguments = ("--settings", str(settings), "--until", BEFORE_ALL_DAYS.isoformat())
        return ProcessSpec(
            name=self.name,
            # Lower priority than the engines that start beside it: customers are first needed after all of them.
            argv=("nice", sys.executable, "-m", "jobs.crm_simulator", *arguments),
            log_file=machine.state.log_file(self.name),
            working_directory=REPOSITORY,
            environment=base_environment() | credentials | {"PYTHONPATH": str(REPOSITORY)},
            endpoint=self.endpoint(machine),
            restart=RestartPolicy.ON_FAILURE,
        )

    def _settings(self, machine: Machine) -> CrmSimulatorSettings:
        place = PostgresConnection(host=LOOPBACK, port=self._postgres.port(machine), database=CRM_DATABASE)
        first_day = datetime.now(UTC).date() - timedelta(days=HISTORY_DAYS)
        return CrmSimulatorSettings(
            database=place,
            seed=SEED,
            customer_count=CUSTOMER_COUNT,
            tower_count=DEFAULT_TOWER_COUNT,
            first_day=first_day,
        )
