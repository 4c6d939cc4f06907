"""SQL on Trino: one statement, its rows as dictionaries."""

from typing import Any

import trino.dbapi

from contracts.batch_settings import TrinoConnection

Row = dict[str, Any]


class TrinoSql:
    """A connection to one catalog, which threads may share. Every statement is a transaction of its own."""

    def __init__(self, settings: TrinoConnection) -> None:
        self.catalog = settings.catalog
        self._connection = trino.dbapi.connect(
            host=settings.host, port=settings.port, user=settings.username, catalog=settings.catalog, timezone="UTC"
        )

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
