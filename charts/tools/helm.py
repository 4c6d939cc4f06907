"""helm as a function, and the repository's charts."""

import os
import subprocess
from pathlib import Path

from local.artefacts.kubernetes import helm_binary
from local.artefacts.versions import REPOSITORY
from local.errors import LocalError

OPERATOR_CHART = REPOSITORY / "charts" / "telecom-operator"
PLATFORM_CHART = REPOSITORY / "charts" / "telecom-platform"


class HelmError(LocalError):
    """helm failed; `why` is what it printed."""


def helm(*arguments: str, kubeconfig: Path | None = None) -> str:
    """Run helm and return what it prints. Raises `HelmError`, and `CommandError` when it cannot be built."""
    environment = {**os.environ, **({"KUBECONFIG": str(kubeconfig)} if kubeconfig else {})}
    done = subprocess.run(
        [str(helm_binary()), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise HelmError(f"run helm {' '.join(arguments)}", done.stderr.strip(), "helm lint --strict charts/NAME")
    return done.stdout
