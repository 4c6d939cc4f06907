"""What a Kubernetes node needs on this machine. Only the standard library: the doctor runs before all else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# Debian's, with what builds the base of the images.
PACKAGES = "containerd containernetworking-plugins iptables iproute2 openssl curl procps debootstrap"
_TOOLS = ("containerd", "ctr", "runc", "iptables", "ip", "openssl", "curl", "sysctl", "pgrep")
_CNI_PLUGIN = Path("/usr/lib/cni/bridge")


def missing_for_a_node() -> str | None:
    """Why this machine cannot be a node, with the command that helps; None if it can."""
    if os.geteuid() != 0:
        return "a node needs root (kubelet, containerd, iptables): run as root"
    absent = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if not _CNI_PLUGIN.exists():
        absent.append(str(_CNI_PLUGIN))
    if absent:
        return f"missing {', '.join(absent)}: apt-get install --no-install-recommends {PACKAGES}"
    return None
