"""kubectl as a function."""

import subprocess
from pathlib import Path

from local.errors import LocalError


class KubectlError(LocalError):
    """kubectl failed; `why` is what it printed."""


def kubectl(binary: str, kubeconfig: Path, *arguments: str, stdin: str | None = None) -> str:
    """Run kubectl with a kubeconfig and return what it prints. Raises `KubectlError`."""
    command = [binary, f"--kubeconfig={kubeconfig}", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        next_step = "look at the API server: kubectl get --raw /readyz"
        raise KubectlError(f"run kubectl {' '.join(arguments)}", done.stderr.strip(), next_step)
    return done.stdout
