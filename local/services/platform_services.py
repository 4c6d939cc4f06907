"""The services of one cluster: which are wanted, and which of those can be used."""

from collections.abc import Sequence

import structlog

from local.services.crm import Crm
from local.services.minio import Minio
from local.services.postgres import Postgres
from local.services.service import Service
from local.services.trino import Trino
from local.supervisor.machine import Machine

log = structlog.get_logger()

SERVICE_NAMES = (Postgres.name, Minio.name, Trino.name, Crm.name)


class PlatformServices:
    """The platform services that a cluster offers, each started when it is first wanted."""

    def __init__(self) -> None:
        self.postgres = Postgres()
        self.minio = Minio()
        self.trino = Trino(self.postgres, self.minio)
        self.crm = Crm(self.postgres)
        self._wanted: dict[str, Service] = {}
        self._ready: set[str] = set()

    @property
    def available(self) -> dict[str, Service]:
        """Every service by name."""
        return {service.name: service for service in (self.postgres, self.minio, self.trino, self.crm)}

    def want(self, *names: str) -> None:
        """Run these services from now on."""
        self._wanted |= {name: self.available[name] for name in names}

    def wanted(self) -> Sequence[Service]:
        """Services that are to run."""
        return tuple(self._wanted.values())

    def is_ready(self, *names: str) -> bool:
        """Whether these services can be used."""
        return self._ready.issuperset(names)

    def ready(self) -> list[str]:
        """Names of the services that can be used, sorted."""
        return sorted(self._ready)

    def sync(self, machine: Machine) -> None:
        """Take the next step for every wanted service."""
        for service in self.wanted():
            try:
                is_ready = service.sync(machine)
            except Exception as error:  # one broken service must not stop the others; it is tried again
                log.error("service failed", service=service.name, error=str(error))
                is_ready = False
            (self._ready.add if is_ready else self._ready.discard)(service.name)
