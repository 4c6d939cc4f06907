"""dbt as a process of its own environment."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from contracts.batch_settings import DbtSettings, TrinoConnection
from contracts.environment import TRINO_PASSWORD, TRINO_USERNAME
from jobs.nightly.dbt.node_failures import NodeFailure, node_failures
from jobs.nightly.dbt.parsed_project import MANIFEST, PARSED, ParsedProject, project_digest
from jobs.nightly.dbt.tables_read import tables_read
from jobs.nightly.dbt.told_values import without_values

_LAST_LINES = 25
RUN_RESULTS = "run_results.json"
# What the macro `run_setting` reads.
RUN_SETTINGS = "TELECOM_RUN"
TABLE_KINDS = ("incremental", "table")
# How often a build asks whether it may go on.
ASK_SECONDS = 5.0
PROCESS = Path(__file__).with_name("dbt_process.py")


def _always() -> None:
    """For commands that nothing outside can end."""


class DbtError(Exception):
    """dbt ended with an error; the message holds its last lines, without values of rows."""


class Dbt:
    """Runs commands of the dbt project on one Trino. Of `environ`, dbt gets the login there, and no other secret.

    With `parsed`, commands begin without parsing, if it was made from the project and the catalog as they are now.
    """

    def __init__(
        self,
        settings: DbtSettings,
        trino: TrinoConnection,
        environ: Mapping[str, str],
        parsed: ParsedProject | None = None,
    ) -> None:
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
            "TRINO_CATALOG": trino.catalog,
            TRINO_USERNAME: environ[TRINO_USERNAME],
            # dbt keeps values of variables with such a name out of its logs.
            f"DBT_ENV_SECRET_{TRINO_PASSWORD}": environ[TRINO_PASSWORD],
        }
        if trino.ca_file is not None:
            self._environment["TRINO_CA_FILE"] = str(trino.ca_file)
        self._parsed = parsed if parsed and parsed.is_of(self.project_digest, trino.catalog) else None
        self._waiting: subprocess.Popen[str] | None = None

    @cached_property
    def project_digest(self) -> str:
        """SHA-256 over the project's files."""
        return project_digest(self._settings.project_directory)

    @property
    def manifest_file(self) -> Path:
        """The project's graph, as the last command wrote it."""
        return self._settings.target_directory / "target" / MANIFEST

    def prepare(self) -> None:
        """Let `manifest_file` be of the project as it is now, before anything is built. Raises `DbtError`."""
        if self._parsed is None:
            self.run(("parse",), {})
            self.start()
        else:
            self._lay_out(self._parsed)

    def built_tables(self) -> set[tuple[str, str]]:
        """Namespace and name of every table that the project builds, without tables of other jobs beside them."""
        nodes = json.loads(self.manifest_file.read_text())["nodes"].values()
        return {
            (node["schema"], node["name"])
            for node in nodes
            if node["resource_type"] == "model" and node["config"]["materialized"] in TABLE_KINDS
        }

    def tables_read(self) -> dict[tuple[str, str], frozenset[int | None]]:
        """Snapshots of its sources that the statements of the last build named, by table."""
        results = json.loads(self.manifest_file.with_name(RUN_RESULTS).read_text())
        return tables_read(json.loads(self.manifest_file.read_text()), results)

    def start(self) -> None:
        """Let dbt get ready, which takes two seconds, while the caller does something else before `run`."""
        if self._waiting is None:
            self._waiting = self._process()

    def build(
        self, command: Sequence[str], variables: Mapping[str, Any], may_go_on: Callable[[], None] = _always
    ) -> tuple[NodeFailure, ...]:
        """Run `dbt <command>` and return the models and tests that failed, none if all is well.

        Raises `DbtError` if it came to no verdict: the project cannot be read, or the engine does not answer. Whatever
        `may_go_on` raises, which is asked every few seconds, ends dbt.
        """
        report = self.manifest_file.with_name(RUN_RESULTS)
        report.unlink(missing_ok=True)
        try:
            self.run(command, variables, may_go_on)
        except DbtError:
            failures = node_failures(json.loads(report.read_text())) if report.is_file() else ()
            if not failures or any(failure.is_of_engine for failure in failures):
                raise
            return failures
        return ()

    def run(self, command: Sequence[str], variables: Mapping[str, Any], may_go_on: Callable[[], None] = _always) -> str:
        """Run `dbt <command>` and return its output. Raises `DbtError`, and what `may_go_on` raises.

        `variables` go through the environment: when `--vars` differ from last time, dbt parses the project again.
        """
        if self._parsed is not None:
            self._lay_out(self._parsed)
        process, self._waiting = self._waiting or self._process(), None
        words = [*command, "--project-dir", str(self._settings.project_directory)]
        request = {"command": words, "environment": {RUN_SETTINGS: json.dumps(dict(variables))}}
        with process:
            output, errors = _converse(process, json.dumps(request) + "\n", may_go_on)
        if process.returncode != 0:
            tail = "\n".join(output.splitlines()[-_LAST_LINES:] + errors.splitlines()[-_LAST_LINES:])
            whole = self._settings.target_directory / "logs" / "dbt.log"
            told = f"without the values that they name, which {whole} has"
            raise DbtError(f"`dbt {' '.join(command)}` failed. Its last words, {told}:\n{without_values(tail)}")
        return output

    def close(self) -> None:
        """Stop a process that was started but not used."""
        if self._waiting is not None:
            self._waiting.communicate()
            self._waiting = None

    def _lay_out(self, parsed: ParsedProject) -> None:
        self.manifest_file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(parsed.folder / MANIFEST, self.manifest_file)

    def _process(self) -> subprocess.Popen[str]:
        # `-P`: the script's folder stays out of its path, so that none of our modules is mistaken for one of dbt's.
        argv = [str(self._settings.python), "-P", str(PROCESS)]
        return subprocess.Popen(
            argv + ([str(self._parsed.folder / PARSED)] if self._parsed else []),
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def _converse(process: subprocess.Popen[str], line: str, may_go_on: Callable[[], None]) -> tuple[str, str]:
    """What the process says to this line until it ends. It is killed if `may_go_on` raises, or its user interrupts."""
    request: str | None = line
    try:
        while True:
            try:
                return process.communicate(request, timeout=ASK_SECONDS)
            except subprocess.TimeoutExpired:
                request = None  # it has been sent
                may_go_on()
    except BaseException:
        process.kill()
        raise
