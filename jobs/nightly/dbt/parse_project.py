"""`python -m jobs.nightly.dbt.parse_project --python P --project DIR --into DIR`: for the image to contain."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from contracts.batch_settings import DbtSettings, TrinoConnection
from contracts.environment import TRINO_PASSWORD, TRINO_USERNAME
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.dbt.parsed_project import CATALOG, DIGEST, MANIFEST, PARSED, project_digest

# Parsing asks no engine, but the profile has to be filled in.
NO_TRINO = TrinoConnection(host="parsed-without-trino", port=1, catalog=CATALOG)
NO_LOGIN = {TRINO_USERNAME: "nobody", TRINO_PASSWORD: ""}


def parse_project(python: Path, project_directory: Path, folder: Path) -> None:
    """Parse with dbt's `python` and keep the result in `folder`. Raises `DbtError`."""
    settings = DbtSettings(python=python, project_directory=project_directory, target_directory=folder)
    dbt = Dbt(settings, NO_TRINO, NO_LOGIN)
    dbt.run(("parse",), {})
    target = dbt.manifest_file.parent
    for name in (PARSED, MANIFEST):
        shutil.move(target / name, folder / name)
    shutil.rmtree(target)
    (folder / DIGEST).write_text(project_digest(project_directory))


def main(
    python: Annotated[Path, typer.Option(help="Interpreter that has dbt")],
    project: Annotated[Path, typer.Option(help="The dbt project")],
    into: Annotated[Path, typer.Option(help="Folder to fill")],
) -> None:
    """Parse the dbt project once, so that runs begin without it."""
    into.mkdir(parents=True, exist_ok=True)
    parse_project(python, project.resolve(), into)


if __name__ == "__main__":
    typer.run(main)
