"""The CRM database: accounts, and the audit of what was done to them. Every statement the freezer uses is here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from contracts.batch_settings import PostgresConnection
from contracts.events import AccountAction, FraudRule
from jobs.account_freezer.policy import CLOSED, Account
from jobs.runtime.postgres import connect

# Raised by a database in trouble, or by one that has no CRM tables yet; all of it may pass by itself.
UNAVAILABLE_ERRORS = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    errors.UndefinedTable,
    errors.InvalidSchemaName,
)

# Fields of an event that the audit keeps under the same name; it treats key, time and version separately.
_SHARED_COLUMNS = tuple(
    name for name in AccountAction.model_fields if name not in ("event_id", "event_time_ms", "schema_version")
)
_COLUMNS = ("action_id", "decided_at", *_SHARED_COLUMNS)
# Column names are literals of this module; values are bound.
_INSERT = (
    f"insert into crm.account_actions ({', '.join(_COLUMNS)})"  # noqa: S608
    f" values ({', '.join(f'%({name})s' for name in _COLUMNS)}) on conflict do nothing"
)
_SELECT = f"select {', '.join(_COLUMNS)} from crm.account_actions"  # noqa: S608


class CrmDatabase:
    """One connection, which is opened when it is needed, and again after it broke."""

    def __init__(self, place: PostgresConnection, environ: Mapping[str, str]) -> None:
        self._place = place
        self._environ = environ
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Cursor of a transaction, which is committed at the end and rolled back on an error."""
        connection = self._open()
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next transaction opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._place, self._environ)
        return self._connection


def ensure_audit(cursor: Cursor) -> None:
    """Create the audit if it is missing; where it exists, the freezer needs no right to create tables."""
    cursor.execute("select to_regclass('crm.account_actions') is null")
    if cursor.fetchone() == (True,):
        cursor.execute(files("jobs.account_freezer").joinpath("schema.sql").read_text())


def lock_account(cursor: Cursor, msisdn: str) -> Account | None:
    """Account of a subscriber, locked until the transaction ends; of several, one that is not closed."""
    cursor.execute(
        "select a.account_id, a.status from crm.accounts a join crm.customers c using (customer_id)"
        " where c.msisdn = %s order by a.status = %s, a.account_id limit 1 for update of a",
        (msisdn, CLOSED),
    )
    row = cursor.fetchone()
    return Account(*row) if row else None


def set_status(cursor: Cursor, account: Account, status: str, at: datetime) -> None:
    """Change the status of a locked account."""
    cursor.execute(
        "update crm.accounts set status = %s, updated_at = %s where account_id = %s", (status, at, account.account_id)
    )


def answer_to(cursor: Cursor, alert_id: str) -> AccountAction | None:
    """What the freezer answered to an alert, None if it has not seen it."""
    cursor.execute(f"{_SELECT} where alert_id = %s and action in ('freeze', 'keep')", (alert_id,))
    return _one(cursor)


def last_unfrozen_at(cursor: Cursor, msisdn: str) -> datetime | None:
    """When an analyst last unfroze a subscriber."""
    cursor.execute(
        "select max(decided_at) from crm.account_actions where msisdn = %s and action = 'unfreeze'", (msisdn,)
    )
    return _moment(cursor)


def last_false_positive_at(cursor: Cursor, msisdn: str, rule: FraudRule) -> datetime | None:
    """When an analyst last said that this rule was wrong about a subscriber."""
    cursor.execute(
        "select max(decided_at) from crm.account_actions where msisdn = %s and action = 'false_positive' and rule = %s",
        (msisdn, rule.value),
    )
    return _moment(cursor)


def freeze_in_force(cursor: Cursor, account: Account) -> AccountAction | None:
    """The action that froze an account, if it was not undone."""
    cursor.execute(
        f"{_SELECT} f where account_id = %s and action = 'freeze' and not exists (select from crm.account_actions u"
        " where u.alert_id = f.alert_id and u.action = 'unfreeze') order by sequence_number desc limit 1",
        (account.account_id,),
    )
    return _one(cursor)


def record(cursor: Cursor, action: AccountAction) -> bool:
    """Add an action to the audit; False when it is there already."""
    values = action.model_dump(mode="json", include=set(_SHARED_COLUMNS))
    decided_at = datetime.fromtimestamp(action.event_time_ms / 1000, UTC)
    cursor.execute(_INSERT, {"action_id": action.event_id, "decided_at": decided_at, **values})
    return cursor.rowcount == 1


def lock_unpublished(cursor: Cursor, limit: int) -> list[AccountAction]:
    """Oldest actions that `account_actions` may not have yet, locked, without those that another process publishes."""
    cursor.execute(
        f"{_SELECT} where published_at is null order by sequence_number limit %s for update skip locked", (limit,)
    )
    return [_action(row) for row in cursor.fetchall()]


def mark_published(cursor: Cursor, actions: Sequence[AccountAction]) -> None:
    """Note that `account_actions` has these."""
    cursor.execute(
        "update crm.account_actions set published_at = now() where action_id = any(%s)",
        ([action.event_id for action in actions],),
    )


def unpublished_count(cursor: Cursor) -> int:
    """Actions that are not known to be published."""
    cursor.execute("select count(*) from crm.account_actions where published_at is null")
    (count,) = cursor.fetchone() or (0,)
    return int(count)


def _one(cursor: Cursor) -> AccountAction | None:
    row = cursor.fetchone()
    return _action(row) if row else None


def _moment(cursor: Cursor) -> datetime | None:
    row: tuple[datetime | None] = cursor.fetchone() or (None,)
    return row[0]


def _action(row: tuple[Any, ...]) -> AccountAction:
    values = dict(zip(_COLUMNS, row, strict=True))
    return AccountAction(
        event_id=values.pop("action_id"),
        event_time_ms=round(values.pop("decided_at").timestamp() * 1000),
        schema_version=AccountAction.current_schema_version,
        **values,
    )
