"""The CRM as a catalog of Trino, read with a database user that can do nothing else."""

from local.services.crm import CRM_DATABASE, CRM_READER
from local.services.postgres import Postgres
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine

CRM_CATALOG = "crm"


def crm_catalog(postgres: Postgres, machine: Machine) -> list[str]:
    """Lines of the catalog's properties file. Trino connects with the first query, so the CRM may start later."""
    return [
        "connector.name=postgresql",
        f"connection-url=jdbc:postgresql://{LOOPBACK}:{postgres.port(machine)}/{CRM_DATABASE}",
        "connection-user=${ENV:CRM_READER_USERNAME}",
        "connection-password=${ENV:CRM_READER_PASSWORD}",
    ]


def crm_reader_credentials(postgres: Postgres, machine: Machine) -> dict[str, str]:
    """What the catalog's properties refer to."""
    user, password = postgres.credentials(machine, CRM_READER)
    return {"CRM_READER_USERNAME": user, "CRM_READER_PASSWORD": password}
