"""dbt with the project of this repository, for verbs that read it."""

from collections.abc import Mapping
from pathlib import Path

from contracts.batch_settings import DbtSettings, TrinoConnection
from jobs.nightly.dbt.dbt_build import Dbt
from local.artefacts.dbt import DBT_PROJECT, dbt_python, parsed_if_present


def dbt_project(target_directory: Path, trino: TrinoConnection, credentials: Mapping[str, str]) -> Dbt:
    """dbt that queries this Trino and writes its files to `target_directory`."""
    settings = DbtSettings(
        python=dbt_python(),
        project_directory=DBT_PROJECT,
        target_directory=target_directory,
    )
    return Dbt(settings, trino, credentials, parsed_if_present())
