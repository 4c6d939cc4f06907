"""What artefacts need of the system's tools. Only the standard library: the doctor runs before all else."""

from __future__ import annotations

import os
import shutil

OLDEST_JAVA = 17
OLDEST_MAVEN = (3, 6)
# What is built asks for 1.24 or newer; since 1.21 Go fetches such a toolchain by itself, if it is allowed to.
OLDEST_GO = (1, 24)
OLDEST_GO_THAT_FETCHES_A_NEWER = (1, 21)
# By the wheels of confluent-kafka and pyarrow.
OLDEST_GLIBC = (2, 28)


def missing_for_base() -> str | None:
    """Why the base of the images cannot be built here, with the command that helps; None if it can be."""
    if os.geteuid() != 0:
        return "debootstrap needs root: run as root"
    if shutil.which("debootstrap") is None:
        return "missing debootstrap: apt-get install --no-install-recommends debootstrap"
    return None
