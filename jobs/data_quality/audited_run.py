"""What the gates of one run look at: fixed snapshots, a day, a moment."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

TableName = tuple[str, str]


def window_start(run_date: dt.date, lookback_days: int) -> dt.date:
    """Rows that arrived from this day on are the work of a run of `run_date`."""
    return run_date - dt.timedelta(days=lookback_days)


@dataclass(frozen=True)
class AuditedRun:
    """A run after its transformation. `inputs` and `outputs` are snapshot ids by (namespace, table).

    All gates read exactly these snapshots, and exactly these are published if they pass.
    """

    run_id: str
    run_date: dt.date
    lookback_days: int
    now: dt.datetime
    inputs: Mapping[TableName, int]
    outputs: Mapping[TableName, int]

    @property
    def window_start(self) -> dt.date:
        """Rows that arrived from this day on are the run's work."""
        return window_start(self.run_date, self.lookback_days)


class UnknownTableError(LookupError):
    """A gate asks for a table that the run has no snapshot of."""


def render(statement: str, run: AuditedRun, catalog: str) -> str:
    """`statement` with its parameters filled in.

    `$<namespace>_<table>` becomes the table at its audited snapshot; `$run_date`, `$window_start` and `$now` become
    SQL literals. Raises `UnknownTableError`.
    """
    tables = {
        f"{namespace}_{name}": f"{catalog}.{namespace}.{name} for version as of {snapshot}"
        for (namespace, name), snapshot in {**run.inputs, **run.outputs}.items()
    }
    literals = {
        "run_date": f"date '{run.run_date}'",
        "window_start": f"timestamp '{run.window_start} 00:00:00 UTC'",
        "now": f"timestamp '{run.now:%Y-%m-%d %H:%M:%S.%f} UTC'",
    }
    try:
        return Template(statement).substitute(tables | literals)
    except KeyError as error:
        raise UnknownTableError(
            f"a gate reads {error.args[0]!r}, but the run has no snapshot of it; known: {sorted(tables)}"
        ) from error
