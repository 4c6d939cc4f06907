"""The checks themselves: each asks this machine one thing."""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil

from local.state.paths import cache_folder
from telecom.doctor.finding import Finding, Severity
from telecom.doctor.versions import judge_amount, judge_version

GIB = 2**30
# Measured with the demo: Kafka 0.5, Trino 1.2, PostgreSQL and MinIO 0.4, jobs 0.6, Flink 1.2 (GiB, rounded up).
MEMORY_GIB = 4.0
# Kafka 0.06, Trino trimmed 0.5 (its archive 0.8 while unpacking), Go and Maven caches 2.5, data of a demo 0.5.
DISK_GIB = 5.0
TOOL_ANSWER_SECONDS = 20


def output_of(*command: str) -> str | None:
    """What a tool prints about its version; None where the tool is not installed or does not answer."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TOOL_ANSWER_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout or done.stderr


def check_system() -> Finding:
    """Engines are fetched for Linux on x86-64 and arm64."""
    found = f"{platform.system()} {platform.machine()}"
    if platform.system() == "Linux":
        return Finding("system", Severity.OK, found)
    return Finding("system", Severity.FATAL, found, "Linux is needed; on other systems use a virtual machine")


def check_java() -> Finding:
    """Kafka and Flink run on the system's Java."""
    return judge_version("Java", output_of("java", "-version"), (17,), "apt-get install openjdk-17-jdk-headless")


def check_maven() -> Finding:
    """Kafka, Trino and Flink come from Maven Central."""
    return judge_version("Maven", output_of("mvn", "-B", "-v"), (3, 6), "apt-get install maven")


def check_go() -> Finding:
    """MinIO is built from its Go module, since its binaries were withdrawn."""
    return judge_version("Go", output_of("go", "version"), (1, 24), "https://go.dev/doc/install")


def check_memory() -> Finding:
    """Four JVM-sized engines at once."""
    return judge_amount("memory", psutil.virtual_memory().available / GIB, MEMORY_GIB, "close other programs")


def check_disk() -> Finding:
    """Where the engines are kept."""
    existing = next(path for path in (cache_folder(), *cache_folder().parents) if path.exists())
    free_gib = psutil.disk_usage(str(existing)).free / GIB
    advice = f"free some in {existing}, or set TELECOM_CACHE to a folder elsewhere"
    return judge_amount("disk", free_gib, DISK_GIB, advice)


def check_state_directory() -> Finding:
    """The state is written below the current folder."""
    writable = os.access(Path.cwd(), os.W_OK)
    if writable:
        return Finding("current folder", Severity.OK, "writable")
    return Finding("current folder", Severity.FATAL, "read-only", "run from a folder you may write to")


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_system,
    check_java,
    check_maven,
    check_go,
    check_memory,
    check_disk,
    check_state_directory,
)
