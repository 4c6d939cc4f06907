"""The freezer's part of the demo: which accounts it froze, according to the CRM."""

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from psycopg2.errors import UndefinedTable
from psycopg2.extensions import connection as Connection

from jobs.runtime.postgres import connect
from local.errors import LocalError
from operators.telecom_pipeline.pipeline.storage_references import crm_database
from operators.telecom_pipeline.spec.storage import PostgresDatabase
from telecom.demo.crm_credentials import crm_credentials
from telecom.pipelines.known_endpoints import known_endpoints
from telecom.pipelines.up import RunningPipeline

# From an alert in Kafka to the freezer's answer in the CRM it takes less than a second; this is many times that.
ANSWER_SECONDS = 30.0
POLL_SECONDS = 0.2
_ANSWERS = (
    "select count(*) filter (where action = 'freeze'), count(*) filter (where action = 'keep')"
    " from crm.account_actions where alert_id = any(%s)"
)
_FROZEN = "select count(*) from crm.accounts where status = 'frozen'"


class CrmNotFoundError(LocalError):
    """The CRM database that the resource names cannot be found."""


@dataclass(frozen=True)
class AccountSummary:
    """`frozen` accounts are frozen in the CRM now; `freezes` and `kept` are the freezer's answers to the alerts."""

    frozen: int
    freezes: int
    kept: int


def summarise_accounts(pipeline: RunningPipeline, alert_ids: Iterable[str]) -> AccountSummary | None:
    """Counts when all alerts are answered, or as they are when that takes too long; None without a freezer."""
    database = crm_database(pipeline.resource.pipeline)
    if database is None:
        return None
    wanted = sorted(set(alert_ids))
    deadline = time.monotonic() + ANSWER_SECONDS
    with closing(_open(pipeline, database)) as connection:
        while True:
            summary = _count(connection, wanted)
            if summary.freezes + summary.kept >= len(wanted) or time.monotonic() > deadline:
                return summary
            time.sleep(POLL_SECONDS)


def _count(connection: Connection, alert_ids: list[str]) -> AccountSummary:
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_FROZEN)
            (frozen,) = cursor.fetchone() or (0,)
            cursor.execute(_ANSWERS, (alert_ids,))
            freezes, kept = cursor.fetchone() or (0, 0)
    except UndefinedTable:  # the freezer creates its audit table when it starts
        return AccountSummary(0, 0, 0)
    return AccountSummary(frozen, freezes, kept)


def _open(pipeline: RunningPipeline, database: PostgresDatabase) -> Connection:
    """Connect as the freezer does, by the objects that the resource names."""
    described = pipeline.resource.pipeline
    place = known_endpoints(pipeline.cluster, described).crm
    credentials = crm_credentials(pipeline.cluster, described.namespace, database.credentials_secret_ref.name)
    if place is None or credentials is None:
        raise CrmNotFoundError("ask the CRM for frozen accounts", "its connection is not known", "telecom status")
    return connect(place, credentials)
