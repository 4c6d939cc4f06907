"""Questions to the lake, through Trino."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import trino.dbapi
import trino.exceptions

from local.errors import LocalError
from local.services.trino import Trino
from local.state.paths import StateDirectory
from local.supervisor.loopback import LOOPBACK
from local.supervisor.ports import PortBook

USER = "telecom"


class QueryError(LocalError):
    """Trino refused a statement or could not be reached."""


@dataclass(frozen=True)
class Answer:
    """Rows of a statement, in Python types."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


# Runs one statement on the Trino of a pipeline and fetches all its rows.
Ask = Callable[[str], Answer]


def trino_port(state: StateDirectory) -> int:
    """Port on which Trino listens. Raises `QueryError` if it was never started."""
    port = PortBook(state.run).all().get(Trino.name)
    if port is None:
        raise QueryError("find Trino", "it was never started here", state.command("up"))
    return port


def trino_of(state: StateDirectory) -> Ask:
    """Asks the Trino of a state directory; its port is looked up with each question, so it may start later."""
    return lambda sql: ask(trino_port(state), sql)


def ask(port: int, sql: str, catalog: str = "iceberg") -> Answer:
    """Run one statement on this machine and fetch all its rows. Raises `QueryError`."""
    try:
        with closing(trino.dbapi.connect(host=LOOPBACK, port=port, user=USER, catalog=catalog)) as connection:
            cursor = connection.cursor()
            rows = cursor.execute(sql.strip().rstrip(";")).fetchall()
            return Answer(tuple(column.name for column in cursor.description or ()), rows)
    except trino.exceptions.TrinoQueryError as error:
        raise QueryError("run the query", f"Trino says: {error.message}", "correct it and try again") from error
    except (trino.exceptions.TrinoConnectionError, OSError) as error:
        why = f"Trino does not answer on port {port} ({type(error).__name__})"
        raise QueryError("run the query", why, "telecom up, then telecom status") from error


def ask_bronze(ask: Ask, topics: Iterable[str], question: Callable[[str], str]) -> Sequence[Sequence[Any]]:
    """Rows of the same question about the bronze table of each topic, in one statement.

    A topic whose table does not exist yet has no rows.
    """
    named = ask("SELECT table_name FROM information_schema.tables WHERE table_schema = 'bronze'")
    present = {name for (name,) in named.rows}
    questions = [question(topic) for topic in topics if topic in present]
    return ask(" UNION ALL ".join(questions)).rows if questions else ()
