"""dbt as a process of its own environment."""

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts.batch_settings import DbtSettings, TrinoConnection

_LAST_LINES = 25
# What the macro `run_setting` reads.
RUN_SETTINGS = "TELECOM_RUN"
PROJECT_FILES = (".sql", ".yml", ".csv")
TABLE_KINDS = ("incremental", "table", "seed")


class DbtError(Exception):
    """dbt ended with an error; the message holds its last lines."""


class Dbt:
    """Runs commands of the dbt project against one Trino. The key of personal data tokens is not handed to it."""

    def __init__(self, settings: DbtSettings, trino: TrinoConnection) -> None:
        self._settings = settings
        self._environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": os.environ.get("HOME", "/tmp"),  # noqa: S108 (dbt wants a home; it writes nothing there)
            "DBT_PROFILES_DIR": str(settings.project_directory),
            "DBT_TARGET_PATH": str(settings.target_directory / "target"),
            "DBT_LOG_PATH": str(settings.target_directory / "logs"),
            "DBT_THREADS": str(settings.threads),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "TRINO_HOST": trino.host,
            "TRINO_PORT": str(trino.port),
            "TRINO_USER": trino.username,
            "TRINO_CATALOG": trino.catalog,
        }

    def project_digest(self) -> str:
        """SHA-256 over the project's files: two runs with the same one make the same of the same input."""
        folder = self._settings.project_directory
        digest = hashlib.sha256()
        for file in sorted(path for path in folder.rglob("*") if path.suffix in PROJECT_FILES):
            digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
        return digest.hexdigest()

    @property
    def manifest_file(self) -> Path:
        """The project's graph, as the last command wrote it."""
        return self._settings.target_directory / "target" / "manifest.json"

    def built_tables(self) -> set[tuple[str, str]]:
        """Namespace and name of every table that the project builds; tables of other jobs beside them are not its."""
        nodes = json.loads(self.manifest_file.read_text())["nodes"].values()
        return {
            (node["schema"], node["name"])
            for node in nodes
            if node["resource_type"] in ("model", "seed") and node["config"]["materialized"] in TABLE_KINDS
        }

    def run(self, command: Sequence[str], variables: Mapping[str, Any]) -> str:
        """Run `dbt <command>`; its output. Raises `DbtError`.

        `variables` go through the environment: other `--vars` than last time make dbt parse the project anew.
        """
        argv = [str(self._settings.executable), *command, "--project-dir", str(self._settings.project_directory)]
        done = subprocess.run(
            argv,
            env=self._environment | {RUN_SETTINGS: json.dumps(dict(variables))},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            tail = "\n".join(done.stdout.splitlines()[-_LAST_LINES:] + done.stderr.splitlines()[-_LAST_LINES:])
            raise DbtError(f"`dbt {' '.join(command)}` failed:\n{tail}")
        return done.stdout
