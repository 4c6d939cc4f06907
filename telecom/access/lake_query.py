"""Questions to the lake, through Trino."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import trino.dbapi
import trino.exceptions

from local.errors import LocalError

USER = "telecom"


class QueryError(LocalError):
    """Trino refused a statement or could not be reached."""


@dataclass(frozen=True)
class Answer:
    """Rows of a statement, in Python types."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


# Asks one statement of the Trino that a pipeline runs with.
Ask = Callable[[str], Answer]


def ask(port: int, sql: str, catalog: str = "iceberg") -> Answer:
    """Run one statement on 127.0.0.1 and fetch all its rows. Raises `QueryError`."""
    try:
        with closing(trino.dbapi.connect(host="127.0.0.1", port=port, user=USER, catalog=catalog)) as connection:
            cursor = connection.cursor()
            rows = cursor.execute(sql.strip().rstrip(";")).fetchall()
            return Answer(tuple(column.name for column in cursor.description or ()), rows)
    except trino.exceptions.TrinoQueryError as error:
        raise QueryError("run the query", f"Trino says: {error.message}", "correct it and try again") from error
    except (trino.exceptions.TrinoConnectionError, OSError) as error:
        why = f"Trino does not answer on port {port} ({type(error).__name__})"
        raise QueryError("run the query", why, "telecom up, then telecom status") from error


def ask_bronze(ask: Ask, topics: Iterable[str], question: Callable[[str], str]) -> Sequence[Sequence[Any]]:
    """Rows of one question about each topic's bronze table, in one statement; a table that is not there has none."""
    named = ask("SELECT table_name FROM information_schema.tables WHERE table_schema = 'bronze'")
    present = {name for (name,) in named.rows}
    questions = [question(topic) for topic in topics if topic in present]
    return ask(" UNION ALL ".join(questions)).rows if questions else ()
