"""CRDs of our own and of the upstream operators whose resources a pipeline is made of."""

import time
from collections.abc import Callable
from pathlib import Path

from local.artefacts.flink_crds import flink_crds
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.strimzi_crds import strimzi_crds
from local.artefacts.versions import REPOSITORY
from local.kubernetes.kubectl import KubectlError

OWN_CRD = REPOSITORY / "manifests" / "crd" / "telecompipelines.telecom.dev.yaml"
_ESTABLISH_SECONDS = 60.0


def all_crds(report: Report = ignore_progress) -> tuple[Path, ...]:
    """Files to apply, ours first. Those of upstream are generated from published artefacts. Raises `CommandError`."""
    return (OWN_CRD, *strimzi_crds(report).values(), *flink_crds(report).values())


def install_crds(kubectl: Callable[..., str]) -> None:
    """Apply all CRDs and wait until the API server serves them. Raises `KubectlError`."""
    for file in all_crds():
        kubectl("apply", "--server-side", "-f", str(file))
    deadline = time.monotonic() + _ESTABLISH_SECONDS
    while True:
        try:
            kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=10s")
            return
        except KubectlError:  # also right after creation, while a CRD does not have any conditions
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)
