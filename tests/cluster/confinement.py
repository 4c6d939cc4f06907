"""How a container really runs: asked of its first process, from inside."""

from dataclasses import dataclass
from typing import Any

from local.kubernetes.kubectl import KubectlError
from local.kubernetes.node import Node
from operators.telecom_pipeline.objects.manifest import Manifest

_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"
_SECCOMP_FILTER = "2"
_NO_CAPABILITY = "0000000000000000"


@dataclass(frozen=True)
class Confinement:
    """What the kernel says of a container's first process."""

    is_root: bool
    has_capabilities: bool
    may_gain_privileges: bool
    is_filtered: bool
    can_write_root: bool
    has_token: bool


RESTRICTED = Confinement(
    is_root=False,
    has_capabilities=False,
    may_gain_privileges=False,
    is_filtered=True,
    can_write_root=False,
    has_token=False,
)


def confinement(node: Node, pod: Manifest) -> Confinement:
    """Ask the first container of a running pod."""

    def succeeds(script: str) -> bool:
        try:
            _shell(node, pod, script)
        except KubectlError:
            return False
        return True

    status: dict[str, Any] = dict(
        line.split(":\t", 1) for line in _shell(node, pod, "cat /proc/1/status").splitlines() if ":\t" in line
    )
    return Confinement(
        is_root="0" in status["Uid"].split(),
        has_capabilities=status["CapPrm"] != _NO_CAPABILITY or status["CapBnd"] != _NO_CAPABILITY,
        may_gain_privileges=status["NoNewPrivs"] != "1",
        is_filtered=status["Seccomp"] == _SECCOMP_FILTER,
        can_write_root=succeeds("touch /written && rm /written"),
        has_token=succeeds(f"test -e {_TOKEN}"),
    )


def _shell(node: Node, pod: Manifest, script: str) -> str:
    metadata = pod["metadata"]
    return node.kubectl("-n", metadata["namespace"], "exec", metadata["name"], "--", "sh", "-c", script)
