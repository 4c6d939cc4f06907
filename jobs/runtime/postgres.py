"""Connections to the CRM and billing database."""

from collections.abc import Mapping

import psycopg2
from psycopg2.extensions import connection as Connection

from contracts.batch_settings import PostgresConnection
from contracts.environment import CRM_PASSWORD, CRM_USERNAME


class PostgresCredentialsError(Exception):
    """The environment names no user for the database."""


def connect(database: PostgresConnection, environ: Mapping[str, str]) -> Connection:
    """Open a connection; sessions are in UTC. Raises `PostgresCredentialsError` without CRM_USERNAME."""
    username = environ.get(CRM_USERNAME)
    if not username:
        raise PostgresCredentialsError(
            f"database {database.database!r} on {database.host} needs a user, but {CRM_USERNAME} is not set. "
            f"Set {CRM_USERNAME} and {CRM_PASSWORD}."
        )
    return psycopg2.connect(
        host=database.host,
        port=database.port,
        dbname=database.database,
        sslmode=database.ssl_mode,
        user=username,
        password=environ.get(CRM_PASSWORD),
        options="-c timezone=UTC",
    )
