"""`make` sets up uv and the environment where the home folder has a space in its name."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from operator_fixtures import REPOSITORY

# What the Makefile asks Python for: a venv with itself as the Python, and a uv that notes how it was called.
PYTHON = """#!/bin/sh
case "$2" in
  venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  pip) printf '#!/bin/sh\\nmkdir .venv && echo "$@" > called\\n' > "${0%/*}/uv" && chmod +x "${0%/*}/uv" ;;
esac
"""


@pytest.mark.parametrize("variable", ["HOME", "XDG_CACHE_HOME", "TELECOM_CACHE"])
def test_a_cache_folder_may_have_spaces_in_its_name(tmp_path: Path, variable: str) -> None:
    project, folder, python = tmp_path / "project", tmp_path / "a home of spaces", tmp_path / "python"
    project.mkdir()
    for name in ("Makefile", "versions.yaml", "pyproject.toml", "uv.lock"):
        shutil.copy(REPOSITORY / name, project)
    python.write_text(PYTHON)
    python.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), variable: str(folder)}
    command = ["make", f"INTERPRETER=echo {python}", ".venv/.synced"]
    for _ in range(2):
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "is up to date" in done.stdout
    assert "sync --quiet" in (project / "called").read_text()
    assert len(list(folder.rglob("bin/uv"))) == 1
