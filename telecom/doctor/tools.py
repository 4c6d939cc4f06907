"""Checks of what is installed: Python, JDK, Maven, Go, make, certificates."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from local.artefacts.installed import installed
from local.artefacts.system_tools import OLDEST_GO, OLDEST_GO_THAT_FETCHES_A_NEWER, OLDEST_JAVA, OLDEST_MAVEN
from telecom.doctor.finding import Finding, Need, Severity
from telecom.doctor.interpreter import allowed_versions, find_interpreter, interpreters
from telecom.doctor.judgement import Failure, judge_version, missing_if, parse_version

_REPOSITORY = Path(__file__).resolve().parents[2]
_ANSWER_SECONDS = 20
# Where distributions keep what they trust, as Go and OpenSSL look for it.
_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def output_of(*command: str) -> str | None:
    """What a tool prints about its version, as a `Failure` if it fails; None if it is absent or does not answer."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stdout or done.stderr
    return Failure(said) if done.returncode else said


def check_python() -> Finding:
    """The project's environment is made with it: it needs `venv` and `pip`, which some distributions pack apart."""
    best = find_interpreter()
    if best:
        return Finding("Python", Severity.OK, f"{best.version} ({best.path})")
    others = [f"{found.version}{'' if found.makes_environments else ' without venv'}" for found in interpreters()]
    found = ", ".join(dict.fromkeys(others)) or "not found"
    advice = f"{allowed_versions()} with venv is needed; one elsewhere: make PYTHON=/path/to/python3"
    return Finding("Python", Severity.FATAL, found, advice, package="python")


def check_make() -> Finding:
    """The front door."""
    missing = Finding("make", Severity.FATAL, "not found", "the Makefile needs it", package="make")
    return missing_if(shutil.which("make") is None, missing)


def check_jdk() -> Finding:
    """Kafka and Flink run on the system's Java; the fraud job is compiled with it."""
    java, home = _java(), os.environ.get("JAVA_HOME")
    if home and shutil.which(java) is None:
        return Finding(
            "JDK", Severity.FATAL, f"JAVA_HOME={home} has no bin/java", "point JAVA_HOME to a JDK, or unset it"
        )
    finding = judge_version("JDK", output_of(java, "-version"), (OLDEST_JAVA,), "jdk")
    compiler = Path(shutil.which(java) or java).resolve().with_name("javac")
    if finding.severity is Severity.OK and not compiler.is_file():
        advice = f"a JDK of {OLDEST_JAVA} or newer is needed, with javac"
        return Finding("JDK", Severity.FATAL, f"{finding.found} without a compiler", advice, package="jdk")
    return finding


def check_maven() -> Finding:
    """Kafka, Trino and Flink come from Maven Central, and the fraud job is built with Maven."""
    said = output_of("mvn", "-B", "-v")
    finding = judge_version("Maven", said, OLDEST_MAVEN, "maven")
    own_java = re.search(r"^Java version: (\d+)", said or "", re.MULTILINE)
    if finding.severity is Severity.OK and own_java and int(own_java.group(1)) < OLDEST_JAVA:
        found = f"{finding.found} on Java {own_java.group(1)}"
        return Finding("Maven", Severity.FATAL, found, "point JAVA_HOME to the JDK above")
    return finding


def check_go() -> Finding:
    """MinIO and, for the tests, Kubernetes are built from Go modules. Once they are in the cache, Go is not needed."""
    said = output_of("go", "version")
    finding = judge_version("Go", said, OLDEST_GO, "go")
    if finding.severity is Severity.OK:
        return finding
    version = None if isinstance(said, Failure) else parse_version(finding.found)
    if version and version >= OLDEST_GO_THAT_FETCHES_A_NEWER and _fetches_toolchains():
        return Finding("Go", Severity.OK, f"{finding.found}, which fetches a newer one")
    if not _in_cache("minio"):
        return replace(finding, advice=f"{finding.advice} to build MinIO")
    if not _in_cache("kubernetes", "kube-control-plane"):
        return replace(finding, advice=f"{finding.advice} to build Kubernetes", needed_for=Need.TEST)
    return Finding("Go", Severity.OPTIONAL, finding.found, "MinIO and Kubernetes are built already", Need.TEST)


def check_certificates() -> Finding:
    """Python packages and Go modules come over HTTPS, checked against the certificates of the system."""
    files = (os.environ.get("SSL_CERT_FILE", ""), *_CERTIFICATES)
    advice = "downloads need the certificates of the system"
    missing = Finding("certificates", Severity.FATAL, "not found", advice, package="certificates")
    return missing_if(not any(file and Path(file).is_file() for file in files), missing)


def check_setpriv() -> Finding:
    """PostgreSQL refuses to run as root: `setpriv` hands it to another user."""
    missing = Finding("setpriv", Severity.FATAL, "not found", "PostgreSQL as root needs it", package="setpriv")
    is_root = os.geteuid() == 0
    return missing_if(
        is_root and shutil.which("setpriv") is None, missing, "found" if is_root else "only root needs it"
    )


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


def _fetches_toolchains() -> bool:
    said = output_of("go", "env", "GOTOOLCHAIN")
    return not isinstance(said, Failure) and (said or "local").strip() != "local"


def _in_cache(section: str, artefact: str = "") -> bool:
    """Whether the cache has the version that versions.yaml pins. There is no YAML parser yet."""
    text = (_REPOSITORY / "versions.yaml").read_text(encoding="utf-8")
    pinned = re.search(rf"^{section}:\n(?:[ #].*\n)*?  version: (\S+)", text, re.MULTILINE)
    return bool(pinned and installed(artefact or section, pinned.group(1)))
