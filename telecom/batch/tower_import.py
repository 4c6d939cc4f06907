"""Writes towers into the inventory that a pipeline reads."""

import datetime as dt
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg2

from contracts.tower import Tower
from jobs.runtime.postgres import connect
from jobs.runtime.tower_inventory import InventoryChange, write_towers
from telecom.access.lake_access import lake_access
from telecom.batch.tower_file import TowerFileError, read_towers
from telecom.pipelines.local_pipeline import LocalPipeline

TRIED = "import towers"


def towers_of(file: Path) -> tuple[Tower, ...]:
    """The towers in a CSV file. Raises `TowerFileError`."""
    try:
        # A spreadsheet may write a byte order mark first.
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return read_towers(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise TowerFileError("read the towers", f"{file}: {error}", "name a CSV file in UTF-8") from error


def import_towers(target: LocalPipeline, towers: Sequence[Tower], dry_run: bool) -> InventoryChange:
    """Add towers, and change those that differ, in one transaction; with `dry_run` only count. Raises `LocalError`."""
    access = lake_access(target.store, target.pipeline, target.state.run)
    try:
        with closing(connect(access.settings.database, access.credentials)) as connection:
            return write_towers(connection, towers, dt.datetime.now(dt.UTC), dry_run)
    except psycopg2.Error as error:
        why = str(error).strip()
        raise TowerFileError(TRIED, f"the CRM database says: {why}", "telecom status; nothing was imported") from error
