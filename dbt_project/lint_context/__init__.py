"""What dbt's context has and sqlfluff's does not, so that the linter sees the SQL that models and macros give.

The linter reads the project as a run that knows what silver has, with every other variable as dbt_project.yml has it.
"""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

_VARIABLES = yaml.safe_load((Path(__file__).parents[1] / "dbt_project.yml").read_text())["vars"]
_VARIABLES["new_since"] = "2026-11-20 00:00:00.000000"

# dbt's names: https://docs.getdbt.com/reference/dbt-jinja-functions
execute = True
modules = SimpleNamespace(datetime=dt)
run_started_at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def var(name: str) -> Any:
    """A variable of the project."""
    return _VARIABLES[name]


def env_var(_name: str, default: str) -> str:
    """No variable of the environment is set."""
    return default
