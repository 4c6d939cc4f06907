"""SQL on Trino: one statement, its rows as dictionaries."""

from collections.abc import Mapping
from typing import Any

import requests
import trino.dbapi
from trino.auth import BasicAuthentication

from contracts.batch_settings import TrinoConnection
from contracts.environment import TRINO_PASSWORD, TRINO_USERNAME

Row = dict[str, Any]


class TrinoSql:
    """A connection to one catalog, which threads may share. Every statement is a transaction of its own."""

    def __init__(self, settings: TrinoConnection, environ: Mapping[str, str]) -> None:
        self.catalog = settings.catalog
        self._connection = open_trino(settings, environ)

    def rows(self, statement: str) -> list[Row]:
        """Run `statement` and return its rows, columns by name."""
        cursor = self._connection.cursor()
        cursor.execute(statement)
        rows = cursor.fetchall()
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def run(self, statement: str) -> None:
        """Run `statement` to its end."""
        self.rows(statement)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def open_trino(settings: TrinoConnection, environ: Mapping[str, str]) -> Any:
    """A connection of Trino's client as the user of the environment, in UTC. It logs in with each statement."""
    username = environ[TRINO_USERNAME]
    return trino.dbapi.connect(
        host=settings.host,
        port=settings.port,
        user=username,
        auth=BasicAuthentication(username, environ[TRINO_PASSWORD]),
        catalog=settings.catalog,
        http_scheme="https",
        http_session=_session(settings),
        timezone="UTC",
    )


def _session(settings: TrinoConnection) -> requests.Session:
    session = requests.Session()
    if settings.ca_file is not None:
        session.verify = str(settings.ca_file)
        # Otherwise REQUESTS_CA_BUNDLE would be taken instead.
        session.trust_env = False
    return session
