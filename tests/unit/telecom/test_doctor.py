"""The doctor: what it makes of versions, and that it runs where nothing is installed."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from telecom.doctor.finding import Finding, Need, Severity
from telecom.doctor.judgement import judge_amount, judge_version, optional, parse_version
from telecom.doctor.report import as_table, is_ready

REPOSITORY = Path(__file__).parents[3]
DOCTOR = REPOSITORY / "telecom" / "doctor" / "doctor.sh"
# What prints the versions that a doctor on a ready machine finds.
TOOLS = {
    "make": "GNU Make 4.3",
    "java": 'openjdk version "21.0.5" 2024-10-15',
    "javac": "javac 21.0.5",
    "mvn": "Apache Maven 3.9.9\nJava version: 21.0.5, vendor: Debian, runtime: /usr/lib/jvm/java-21",
    "go": "go version go1.24.4 linux/amd64",
    "setpriv": "setpriv from util-linux 2.41",
}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', (17, 0, 15)),
        ('openjdk version "26-ea" 2026-03-17', (26,)),
        ('Picked up JAVA_TOOL_OPTIONS: -Dfile.encoding=UTF8\nopenjdk version "21.0.5" 2024-10-15', (21, 0, 5)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("\x1b[1mApache Maven 3.8.7\x1b[m", (3, 8, 7)),
        ("no number here", None),
    ],
)
def test_the_version_is_read_from_a_tools_own_words(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


def test_a_missing_tool_is_fatal_and_names_its_package() -> None:
    finding = judge_version("Maven", None, (3, 6), "maven")
    assert finding == Finding("Maven", Severity.FATAL, "not found", "3.6 or newer is needed", package="maven")


def test_an_old_tool_is_fatal_and_a_newer_one_is_fine() -> None:
    assert judge_version("JDK", "openjdk 11.0.2", (17,)).severity is Severity.FATAL
    assert judge_version("JDK", "openjdk 21.0.1", (17,)).severity is Severity.OK


def test_a_tool_that_prints_no_version_is_quoted() -> None:
    finding = judge_version("Go", "command failed", (1, 24))
    assert (finding.severity, finding.found) == (Severity.FATAL, "says 'command failed'")


def test_too_little_memory_is_a_warning_with_the_number() -> None:
    finding = judge_amount("memory", 1.5, 4, "close other programs")
    assert finding.severity is Severity.WARNING
    assert finding.advice == "4 GiB are recommended: close other programs"
    assert judge_amount("memory", 8, 4, "x").severity is Severity.OK


def test_what_is_optional_is_listed_apart_and_stops_nothing() -> None:
    findings = [
        judge_version("JDK", "openjdk 21.0.1", (17,)),
        optional("kind", "missing docker", Need.KIND),
    ]
    required, _, rest = as_table(findings).partition("\nOptional\n")
    assert "JDK" in required and "kind" not in required
    assert rest.splitlines()[0].split("  ")[-1] == "only for make kind-up: missing docker"
    assert is_ready(findings)


def fake_tools(folder: Path, **said: str | None) -> Path:
    """A folder for PATH with programs that print their version; None leaves one out."""
    folder.mkdir()
    for name, text in {**TOOLS, **said}.items():
        if text is not None:
            program = folder / name
            program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
            program.chmod(0o755)
    (folder / "cat").symlink_to(shutil.which("cat") or "/bin/cat")
    (folder / "python3").symlink_to(sys.executable)
    return folder


def examine(folder: Path, cache: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the doctor of this checkout with only these programs, and an empty cache of engines."""
    return subprocess.run(
        ["/bin/sh", str(DOCTOR), *arguments],
        env={"PATH": str(folder), "TELECOM_CACHE": str(cache), "PYTHON": sys.executable, **environ},
        cwd=cache,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def severities(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {finding["subject"]: finding["severity"] for finding in json.loads(done.stdout)}


def test_a_machine_with_everything_is_ready(tmp_path: Path) -> None:
    done = examine(fake_tools(tmp_path / "bin"), tmp_path, "-o", "json")
    fatal = {finding["subject"]: finding for finding in json.loads(done.stdout) if finding["severity"] == "fatal"}
    assert (done.returncode, fatal, done.stderr) == (0, {}, "")


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ({"java": None}, "JDK"),
        ({"java": 'openjdk version "11.0.2" 2019-01-15'}, "JDK"),
        ({"javac": None}, "JDK"),
        ({"mvn": None}, "Maven"),
        ({"mvn": "Apache Maven 3.9.9\nJava version: 11.0.2, vendor: x"}, "Maven"),
        ({"go": None}, "Go"),
        ({"go": "go version go1.19.8 linux/amd64"}, "Go"),
        ({"make": None}, "make"),
    ],
)
def test_whatever_is_missing_or_old_stops_the_start(tmp_path: Path, said: dict[str, str | None], subject: str) -> None:
    done = examine(fake_tools(tmp_path / "bin", **said), tmp_path, "-o", "json")
    assert done.returncode == 1
    assert [name for name, severity in severities(done).items() if severity == "fatal"] == [subject]


def test_the_table_ends_with_the_line_to_paste(tmp_path: Path) -> None:
    done = examine(fake_tools(tmp_path / "bin", mvn=None, go=None), tmp_path)
    assert done.returncode == 1
    assert "Maven" in done.stdout.partition("\nOptional\n")[0]
    assert "maven" in done.stdout.rstrip().splitlines()[-1]


def test_go_is_not_needed_once_minio_and_kubernetes_are_built(tmp_path: Path) -> None:
    folder = fake_tools(tmp_path / "bin", go=None)
    for artefact in ("minio-v0.0.0-20260212201848-7aac2a2c5b7c", "kube-control-plane-v1.34.4"):
        (go,) = [
            found for found in json.loads(examine(folder, tmp_path, "-o", "json").stdout) if found["subject"] == "Go"
        ]
        assert go["severity"] == "fatal"
        (tmp_path / artefact).mkdir()
        (tmp_path / artefact / ".complete").touch()
    assert severities(examine(folder, tmp_path, "-o", "json"))["Go"] == "optional"


@pytest.mark.parametrize(("toolchain", "severity"), [("auto", "ok"), ("local", "fatal")])
def test_an_older_go_will_do_if_it_may_fetch_a_newer(tmp_path: Path, toolchain: str, severity: str) -> None:
    folder = fake_tools(tmp_path / "bin")
    answers = f"#!/bin/sh\n[ $1 = env ] && echo {toolchain} || echo go version go1.22.2 linux/amd64\n"
    (folder / "go").write_text(answers)
    assert severities(examine(folder, tmp_path, "-o", "json"))["Go"] == severity


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    home = tmp_path / "jdk"
    home.mkdir()
    fake_tools(home / "bin", java='openjdk version "25" 2025-09-16')
    done = examine(fake_tools(tmp_path / "bin", java=None), tmp_path, "-o", "json", JAVA_HOME=str(home))
    (jdk,) = [finding for finding in json.loads(done.stdout) if finding["subject"] == "JDK"]
    assert (jdk["severity"], jdk["found"]) == ("ok", "25")


def python_that_says(folder: Path, name: str, version: str, last_line: str = "makes environments") -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho {version}\necho {program}\necho {last_line}\n")
    program.chmod(0o755)


def chosen_python(folder: Path, cache: Path) -> str:
    """The Python that `make` takes with only these programs in PATH, by the last part of its path."""
    done = subprocess.run(
        [sys.executable, "-m", "telecom.doctor", "--python"],
        env={"PATH": str(folder), "TELECOM_CACHE": str(cache)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Path(done.stdout.strip()).name if done.returncode == 0 else done.stderr


def test_the_newest_python_in_range_that_makes_environments_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    python_that_says(folder, "python3", "3.14.1")
    assert chosen_python(folder, tmp_path).startswith("Python: 3.14.1; Python 3.11 to 3.13 with venv is needed")
    python_that_says(folder, "python3.11", "3.11.2")
    assert chosen_python(folder, tmp_path) == "python3.11"
    python_that_says(folder, "python3.12", "3.12.3")
    assert chosen_python(folder, tmp_path) == "python3.12"
    python_that_says(folder, "python3.13", "3.13.5", "does not")
    assert chosen_python(folder, tmp_path) == "python3.12"
    (folder / "python3.12").write_text("#!/bin/sh\nexit 127\n")  # a shim with nothing behind it
    assert chosen_python(folder, tmp_path) == "python3.11"


def test_what_a_site_lets_every_python_print_is_not_the_answer(tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "bin"
    site.mkdir()
    (site / "sitecustomize.py").write_text("print('Welcome to this machine.\\nIt is down on Sunday.')\n")
    folder.mkdir()
    (folder / "python3").write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {sys.executable} "$@"\n')
    (folder / "python3").chmod(0o755)
    assert chosen_python(folder, tmp_path) == Path(sys._base_executable).name


def test_python_without_venv_is_said_to_be_so(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    python_that_says(folder, "python3", "3.13.5", "does not")
    assert chosen_python(folder, tmp_path).startswith("Python: 3.13.5 without venv;")


def test_without_any_python_the_shell_says_how_to_get_one(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    done = examine(folder, tmp_path, PYTHON="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Python is missing. Get it, then run `make doctor` to see what else is:\n\n  ")


def test_it_imports_nothing_outside_the_standard_library() -> None:
    """Without site-packages (-S, -I) the import alone would fail; what it loads is written for Python 3.8, too."""
    program = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); import telecom.doctor.__main__;"
        "print(*(module.__file__ for name, module in sys.modules.items()"
        " if name.partition('.')[0] in ('telecom', 'local')), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", program], capture_output=True, text=True, check=True, timeout=60, env={}
    )
    sources = [Path(line).read_text() for line in done.stdout.splitlines()]
    assert len(sources) > 10
    for source in sources:
        tree = ast.parse(source, feature_version=(3, 8))
        assert "->" not in source or "from __future__ import annotations" in source, tree


def test_make_doctor_needs_no_environment(tmp_path: Path) -> None:
    """Through the Makefile, from a checkout without .venv."""
    checkout = tmp_path / "checkout"
    for name in ("Makefile", "pyproject.toml", "versions.yaml"):
        checkout.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, checkout)
    for package in ("telecom", "local"):
        shutil.copytree(REPOSITORY / package, checkout / package)
    done = subprocess.run(
        ["make", "doctor"],
        cwd=checkout,
        env={**os.environ, "TELECOM_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.startswith("Required for `make demo` and `make test`\n")
    assert not (checkout / ".venv").exists()
    assert not (tmp_path / "cache").exists()


def findings(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, str]]:
    return {finding["subject"]: finding for finding in json.loads(done.stdout)}


@pytest.mark.parametrize("cache", ["/proc/foo", "a-file/below"])
def test_a_cache_that_cannot_be_written_is_fatal(tmp_path: Path, cache: str) -> None:
    (tmp_path / "a-file").touch()
    environ = {"TELECOM_CACHE": str(tmp_path / cache)}  # an absolute path stays what it is
    done = examine(fake_tools(tmp_path / "bin"), tmp_path, "-o", "json", **environ)
    found = findings(done)["cache"]
    assert (found["severity"], found["advice"]) == ("fatal", "set TELECOM_CACHE to a folder you may write to")


def test_a_java_home_without_java_is_named(tmp_path: Path) -> None:
    done = examine(fake_tools(tmp_path / "bin"), tmp_path, "-o", "json", JAVA_HOME="/nonexistent")
    found = findings(done)["JDK"]
    assert (found["found"], found["package"]) == ("JAVA_HOME=/nonexistent has no bin/java", "")


def test_the_number_in_what_a_failing_tool_prints_is_not_its_version(tmp_path: Path) -> None:
    folder = fake_tools(tmp_path / "bin")
    for tool in ("java", "mvn", "go"):
        (folder / tool).write_text("#!/bin/sh\necho error 99: cannot start; exit 1\n")
    done = examine(folder, tmp_path, "-o", "json")
    for subject in ("JDK", "Maven", "Go"):
        found = findings(done)[subject]
        assert (found["severity"], found["found"]) == ("fatal", "fails with 'error 99: cannot start'")
