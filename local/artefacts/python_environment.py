"""Python environments beside the project's own, for tools whose dependencies conflict with it: environments/<name>."""

import hashlib
import sys
from pathlib import Path

from uv import find_uv_bin

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.progress import Report, ignore_progress

ENVIRONMENTS = Path(__file__).parents[2] / "environments"


def python_environment(name: str, contents: str, report: Report = ignore_progress) -> Path:
    """Folder of `bin/python`; the first call installs what environments/<name>/uv.lock pins. Raises `CommandError`."""
    project = ENVIRONMENTS / name
    version = environment_version(name)
    return install(name, version, lambda artefact: _build(artefact, project, contents), report) / "environment"


def environment_version(name: str) -> str:
    """Digest that distinguishes an environment from one with other packages or another Python, which is ours."""
    python = "{}.{}".format(*sys.version_info)
    return hashlib.sha256((ENVIRONMENTS / name / "uv.lock").read_bytes() + python.encode()).hexdigest()[:12]


def _build(artefact: Artefact, project: Path, contents: str) -> None:
    folder = artefact.folder / "environment"
    artefact.tell("fetching", contents)
    # Relocatable, because the folder is renamed when it is complete. Compiled, because where Python may not write
    # bytecode every start would compile all that it imports, which is half of dbt's starting time.
    for command in (
        ["venv", "--relocatable", "--python", sys.executable, str(folder)],
        ["sync", "--frozen", "--no-dev", "--compile-bytecode"],
    ):
        run_tool(
            [find_uv_bin(), *command],
            environment={"UV_PROJECT_ENVIRONMENT": str(folder), "UV_SYSTEM_CERTS": "1"},
            folder=project,
            next_step="check that PyPI or your mirror answers (UV_INDEX_URL), then run the same command again",
            on_line=lambda line: artefact.tell("fetching", line),
        )
