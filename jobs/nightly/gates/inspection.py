"""A run under audit: its snapshots, the engines that can be asked about it, and what its gates tolerate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from contracts.gate_settings import GateSettings
from contracts.tables import BRONZE_TABLE_BY_TOPIC, BronzeTable
from contracts.topics import EVENT_MODEL_BY_TOPIC
from jobs.nightly.audited_run import AuditedRun, TableName
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.judging.usual_days import DayKinds
from jobs.nightly.gates.statement import render
from jobs.runtime.trino import Row, TrinoSql


@dataclass(frozen=True)
class Inspection:
    """A run under audit. `topics` are those that the pipeline has: nothing is expected of others."""

    run: AuditedRun
    sql: TrinoSql
    catalog: Catalog
    settings: GateSettings = field(default_factory=GateSettings)
    topics: tuple[str, ...] = tuple(EVENT_MODEL_BY_TOPIC)
    _tables: dict[TableName, Table] = field(default_factory=dict)

    @property
    def bronze_tables(self) -> dict[str, BronzeTable]:
        """Contracts of the pipeline's topics, by topic."""
        return {topic: contract for topic, contract in BRONZE_TABLE_BY_TOPIC.items() if topic in self.topics}

    @property
    def day_kinds(self) -> DayKinds:
        """Which days are free, by the calendar's holidays and the weekend that the gate `volume` knows."""
        return DayKinds(self.run.holidays, self.settings.volume.weekend_days)

    def table(self, identifier: TableName) -> Table:
        """A table as it was when the first gate asked for it."""
        if identifier not in self._tables:
            self._tables[identifier] = self.catalog.load_table(identifier)
        return self._tables[identifier]

    def has(self, *identifiers: TableName) -> bool:
        """True when the run has a snapshot of each."""
        return all(identifier in self.run.inputs or identifier in self.run.outputs for identifier in identifiers)

    def ask(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """Rows of a statement over the audited snapshots."""
        return self.sql.rows(render(statement, self.run, self.sql.catalog, parameters))

    def measure(self, name: str, **parameters: object) -> list[Row]:
        """Rows of `sql/<name>.sql`."""
        return self.ask(sql_file(name), parameters)


def sql_file(name: str, **fragments: str) -> str:
    """Text of `sql/<name>.sql`, with each `{fragment}` in place, which may have parameters of its own."""
    text = files("jobs.nightly.gates").joinpath("sql", f"{name}.sql").read_text()
    for fragment, content in fragments.items():
        text = text.replace(f"{{{fragment}}}", content)
    return text


def readings_of(rows: list[Row]) -> list[Reading]:
    """Readings in rows with the columns subject, value and, if given, detail."""
    return [Reading(row["subject"], float(row["value"] or 0), row.get("detail") or "") for row in rows]
