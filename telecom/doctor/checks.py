"""All checks: what `make demo` and `make test` need, then what only some tests and verbs need."""

from __future__ import annotations

import shutil
from typing import Callable

from local.artefacts.system_tools import missing_for_base
from local.kubernetes.node_needs import missing_for_a_node
from telecom.doctor import machine, tools
from telecom.doctor.finding import Finding, Need
from telecom.doctor.judgement import optional


def check_node_tests() -> Finding:
    """A kubelet and containerd on this machine: tests that need them are skipped without."""
    return optional("Kubernetes node", missing_for_a_node() or missing_for_base(), Need.NODE_TESTS)


def check_kind() -> Finding:
    """A cluster in containers."""
    absent = [tool for tool in ("docker", "kind", "kubectl", "helm") if shutil.which(tool) is None]
    return optional("kind", f"missing {', '.join(absent)}" if absent else None, Need.KIND)


CHECKS: tuple[Callable[[], Finding], ...] = (
    machine.check_system,
    tools.check_make,
    tools.check_certificates,
    tools.check_python,
    tools.check_jdk,
    tools.check_maven,
    tools.check_go,
    tools.check_setpriv,
    machine.check_memory,
    machine.check_disk,
    machine.check_cache,
    machine.check_state_directory,
    machine.check_shared_memory,
    machine.check_loopback,
    machine.check_open_files,
    check_node_tests,
    check_kind,
)
