"""Checks of the machine itself: system, memory, disk, limits, loopback."""

from __future__ import annotations

import os
import platform
import re
import resource
import shutil
import socket
import tempfile
from pathlib import Path

from local.artefacts.system_tools import OLDEST_GLIBC
from local.state.paths import cache_folder
from local.supervisor.loopback import LOOPBACK
from telecom.doctor.finding import Finding, Severity
from telecom.doctor.judgement import dotted, judge_amount, missing_if, parse_version

GIB = 2**30
# Measured with the demo: Kafka 0.5, Trino 1.2, PostgreSQL and MinIO 0.4, jobs 0.6, Flink 1.2 (GiB, rounded up).
MEMORY_GIB = 4.0
# Kafka 0.06, Trino trimmed 0.5 (its archive 0.8 while unpacking), Go and Maven caches 2.5, data of a demo 0.5.
DISK_GIB = 5.0
# Brokers and sinks hold a file for each segment and connection; Java raises the soft limit to the hard one by itself.
OPEN_FILES = 4096
_PROCESSORS = ("x86_64", "aarch64")
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (looked at, never written to)


def check_system() -> Finding:
    """Engines come as wheels for Linux with glibc, on x86-64 and arm64."""
    library, version = platform.libc_ver()
    system, processor = platform.system(), platform.machine()
    found = f"{system} {processor}, {library or 'musl'} {version}".rstrip()
    advice = _system_advice(system, processor, library, version)
    return Finding("system", Severity.FATAL if advice else Severity.OK, found, advice)


def _system_advice(system: str, processor: str, library: str, version: str) -> str:
    if system != "Linux":
        return "Linux is needed; on other systems use a virtual machine"
    if processor not in _PROCESSORS:
        return f"{' or '.join(_PROCESSORS)} is needed: PostgreSQL, Trino's Java and Arrow come for these"
    if library != "glibc":
        return "glibc is needed: PostgreSQL, Trino's Java and Kafka's client do not come for musl"
    if (parse_version(version) or ()) < OLDEST_GLIBC:
        return f"glibc {dotted(OLDEST_GLIBC)} or newer is needed: use a newer release of the distribution"
    return ""


def check_memory() -> Finding:
    """Four JVM-sized engines at once."""
    match = re.search(r"^MemAvailable:\s+(\d+) kB", _read(Path("/proc/meminfo")), re.MULTILINE)
    if match is None:
        return Finding("memory", Severity.WARNING, "unknown", f"{MEMORY_GIB:g} GiB are recommended")
    return judge_amount("memory", int(match.group(1)) * 1024 / GIB, MEMORY_GIB, "close other programs")


def check_disk() -> Finding:
    """Where the engines are kept."""
    existing = _existing(cache_folder())
    free_gib = shutil.disk_usage(existing).free / GIB
    advice = f"free some in {existing}, or set TELECOM_CACHE to a folder elsewhere"
    return judge_amount("disk", free_gib, DISK_GIB, advice)


def check_cache() -> Finding:
    """The engines are fetched into it. Root may write where a mode forbids it, so we try."""
    folder = cache_folder()
    try:
        with tempfile.TemporaryDirectory(dir=_existing(folder)):
            return Finding("cache", Severity.OK, str(folder))
    except OSError as error:
        found = f"{folder} cannot be written: {error.strerror}"
        return Finding("cache", Severity.FATAL, found, "set TELECOM_CACHE to a folder you may write to")


def check_state_directory() -> Finding:
    """The state is written below the current folder."""
    missing = Finding("current folder", Severity.FATAL, "read-only", "run from a folder you may write to")
    return missing_if(not os.access(Path.cwd(), os.W_OK), missing, "writable")


def check_shared_memory() -> Finding:
    """PostgreSQL and dbt's locks are in it."""
    missing = Finding("shared memory", Severity.FATAL, f"{_SHARED_MEMORY} is not writable", "mount a tmpfs there")
    return missing_if(not os.access(_SHARED_MEMORY, os.W_OK), missing, "writable")


def check_loopback() -> Finding:
    """All services listen on free ports of 127.0.0.1."""
    try:
        with socket.create_server((LOOPBACK, 0)) as server:
            socket.create_connection(server.getsockname(), timeout=5).close()
            return Finding("loopback", Severity.OK, "free ports")
    except OSError as error:
        return Finding("loopback", Severity.FATAL, str(error), "ip link set lo up")


def check_open_files() -> Finding:
    """Kafka, MinIO and Flink open many files."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return Finding("open files", Severity.OK, "no limit")
    advice = f"at least {OPEN_FILES} are recommended: raise nofile in /etc/security/limits.conf"
    too_few = Finding("open files", Severity.WARNING, f"at most {hard}", advice)
    return missing_if(hard < OPEN_FILES, too_few, f"up to {hard}")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""
