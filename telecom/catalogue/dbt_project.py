"""dbt with the project of this repository, for verbs that read it."""

from pathlib import Path

from contracts.batch_settings import DbtSettings, TrinoConnection
from jobs.nightly.dbt.dbt_build import Dbt
from local.artefacts.dbt import DBT_PROJECT, dbt_python, parsed_if_present
from local.supervisor.loopback import LOOPBACK
from telecom.access.query import USER


def dbt_project(target_directory: Path, trino_port: int) -> Dbt:
    """dbt that queries the Trino of this machine and writes its files to `target_directory`."""
    settings = DbtSettings(
        python=dbt_python(),
        project_directory=DBT_PROJECT,
        target_directory=target_directory,
    )
    return Dbt(settings, TrinoConnection(host=LOOPBACK, port=trino_port, username=USER), parsed_if_present())
