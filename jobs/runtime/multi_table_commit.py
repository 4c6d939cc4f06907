"""Commits changes of several Iceberg tables as one act: readers see all of them or none.

A catalog in a database keeps the place of each table's metadata in a row. New metadata files are written first, which
nobody reads yet; one transaction then lets all rows point at them, each only if it still points at the file that the
new one was made from. A REST catalog has an endpoint for the same (`rest_transaction.py`).
"""

import random
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.io import FileIO
from pyiceberg.serializers import ToOutputFile
from pyiceberg.table import CommitTableRequest, Table
from pyiceberg.table.locations import load_location_provider
from pyiceberg.table.update import update_table_metadata
from sqlalchemy import update

from jobs.runtime.commit_errors import contested
from jobs.runtime.commit_requirements import identifier_of, table_as_required
from jobs.runtime.fail_points import reach
from jobs.runtime.rest_transaction import TransactionalRestCatalog

ATTEMPTS = 8
FIRST_WAIT_SECONDS = 0.05
TABLES_AT_ONCE = 8
# Places where a test may kill the process: all is written and nothing visible; all is visible.
BEFORE_ACT, AFTER_ACT = "multi_table_commit_before_act", "multi_table_commit_after_act"
_VERSION = re.compile(r"/(\d+)-[^/]*$")


@dataclass(frozen=True)
class _Swap:
    """One table: the metadata file that it has, and the one that it is to have."""

    namespace: str
    table: str
    location_before: str
    location_after: str
    io: FileIO

    @property
    def changes_something(self) -> bool:
        return self.location_after != self.location_before


def require_one_act(catalog: Catalog) -> None:
    """Raises `NotOneActError` if the catalog says of itself that it cannot commit several tables as one act."""
    if isinstance(catalog, TransactionalRestCatalog):
        catalog.require_transactions()


def commit_together(catalog: Catalog, changes: Sequence[CommitTableRequest]) -> None:
    """Apply all `changes`, each table once, or none.

    As in a REST catalog, the requirements of a change are checked against the table as it is now, and its updates are
    applied to that: a writer that commits in between costs another attempt. A change without updates only checks.

    Raises `NotCommittedError`: `ChangedMeanwhileError` if a requirement does not hold, `ContestedCommitError` after
    some attempts, `NotOneActError` if a REST catalog cannot do it. Where an answer of the catalog is lost, one of
    `jobs.runtime.iceberg.UNAVAILABLE_ERRORS` is raised, and all changes or none took place. Only a REST catalog that
    breaks its specification leaves a part; that is a `TornCommitError`.
    """
    if isinstance(catalog, TransactionalRestCatalog):
        reach(BEFORE_ACT)
        catalog.commit_transaction(changes)
        reach(AFTER_ACT)
    elif isinstance(catalog, SqlCatalog):
        _commit_in_database(catalog, changes)
    else:
        raise TypeError(f"{type(catalog).__name__} is neither a catalog in a database nor a REST catalog")


def _commit_in_database(catalog: SqlCatalog, changes: Sequence[CommitTableRequest]) -> None:
    for attempt in range(ATTEMPTS):
        with ThreadPoolExecutor(TABLES_AT_ONCE, thread_name_prefix="commit") as pool:
            swaps = list(pool.map(lambda change: _write_metadata(catalog, change), changes))
        reach(BEFORE_ACT)
        if _swap_all(catalog, swaps):
            reach(AFTER_ACT)
            return
        _delete_unused(swaps)
        time.sleep(FIRST_WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 (waiting is no secret)
    raise contested(f"{swap.namespace}.{swap.table}" for swap in swaps)


def _write_metadata(catalog: SqlCatalog, change: CommitTableRequest) -> _Swap:
    identifier, table = identifier_of(change), table_as_required(catalog, change)
    metadata = update_table_metadata(table.metadata, change.updates, metadata_location=table.metadata_location)
    location = table.metadata_location
    if metadata != table.metadata:
        location = _next_location(table)
        ToOutputFile.table_metadata(metadata, table.io.new_output(location))
    return _Swap(".".join(identifier[:-1]), identifier[-1], table.metadata_location, location, table.io)


def _next_location(table: Table) -> str:
    found = _VERSION.search(table.metadata_location)
    provider = load_location_provider(table.metadata.location, table.metadata.properties)
    return provider.new_table_metadata_file_location(int(found[1]) + 1 if found else 0)


def _swap_all(catalog: SqlCatalog, swaps: Sequence[_Swap]) -> bool:
    """False, with nothing changed, if a table is not as it was. All writers take the rows in one order."""
    with catalog.engine.connect() as connection:
        for swap in sorted(swaps, key=lambda swap: (swap.namespace, swap.table)):
            statement = (
                update(IcebergTables)
                .where(
                    IcebergTables.catalog_name == catalog.name,
                    IcebergTables.table_namespace == swap.namespace,
                    IcebergTables.table_name == swap.table,
                    IcebergTables.metadata_location == swap.location_before,
                )
                .values(_new_places(swap))
            )
            if connection.execute(statement).rowcount < 1:
                return False
        connection.commit()
    return True


def _new_places(swap: _Swap) -> dict[str, str]:
    places = {"metadata_location": swap.location_after}
    return places | ({"previous_metadata_location": swap.location_before} if swap.changes_something else {})


def _delete_unused(swaps: Sequence[_Swap]) -> None:
    for swap in swaps:
        if swap.changes_something:
            swap.io.delete(swap.location_after)
