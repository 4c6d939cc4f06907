"""Questions to the lake, through Trino."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import trino.exceptions

from contracts.environment import TRINO_USERNAME
from jobs.runtime.trino import open_trino
from local.services.trino_logins import TrinoUser
from local.state.paths import StateDirectory
from telecom.access.trino_login import QueryError, TrinoLogin, trino_login


@dataclass(frozen=True)
class Answer:
    """Rows of a statement, in Python types."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


# Runs one statement on the Trino of a pipeline and fetches all its rows.
Ask = Callable[[str], Answer]


def trino_of(state: StateDirectory, user: TrinoUser) -> Ask:
    """Asks the Trino of a state directory; it is looked up with each question, so it may start later."""
    return lambda sql: ask(trino_login(state, user), sql)


def ask(login: TrinoLogin, sql: str) -> Answer:
    """Run one statement and fetch all its rows. Raises `QueryError`."""
    try:
        with closing(open_trino(login.connection, login.credentials)) as connection:
            cursor = connection.cursor()
            rows = cursor.execute(sql.strip().rstrip(";")).fetchall()
            return Answer(tuple(column.name for column in cursor.description or ()), rows)
    except trino.exceptions.TrinoQueryError as error:
        raise QueryError("run the query", f"Trino says: {error.message}", _after(error)) from error
    except trino.exceptions.HttpError as error:
        why = f"Trino refuses the login of {login.credentials[TRINO_USERNAME]} ({error})"
        raise QueryError("run the query", why, "telecom down, then telecom up") from error
    except (trino.exceptions.TrinoConnectionError, OSError) as error:
        why = f"Trino does not answer on port {login.connection.port} ({type(error).__name__})"
        raise QueryError("run the query", why, "telecom up, then telecom status") from error


def _after(error: trino.exceptions.TrinoQueryError) -> str:
    if error.error_name == "PERMISSION_DENIED":
        return "telecom query 'SHOW TABLES FROM published', or another user with --user"
    return "correct it and try again"


def ask_bronze(ask: Ask, topics: Iterable[str], question: Callable[[str], str]) -> Sequence[Sequence[Any]]:
    """Rows of the same question about the bronze table of each topic, in one statement.

    A topic whose table does not exist yet has no rows.
    """
    named = ask("SELECT table_name FROM information_schema.tables WHERE table_schema = 'bronze'")
    present = {name for (name,) in named.rows}
    questions = [question(topic) for topic in topics if topic in present]
    return ask(" UNION ALL ".join(questions)).rows if questions else ()
