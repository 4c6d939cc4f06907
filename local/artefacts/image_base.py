"""The base layer: a small Debian with Python, by debootstrap. Needs root and a Debian mirror."""

import shutil
import tarfile
from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.command import CommandError, run_tool
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.system_tools import missing_for_base

SUITE = "bookworm"
# The version that this suite has.
PYTHON = "3.11"
_RECIPE = "1"  # to be raised when the content of the layer changes
_PACKAGES = "python3,ca-certificates"
# Not needed in a container, and half of its size.
_DROPPED = ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale")


def base_layer(report: Report = ignore_progress) -> Path:
    """Tar of the base system, from the cache once it has been built. Raises `CommandError`."""
    return install(f"image-base-{SUITE}", _RECIPE, _build, report) / "layer.tar"


def _build(artefact: Artefact) -> None:
    if missing := missing_for_base():
        raise CommandError("build the base layer of the images", missing, "then try again")
    root = artefact.folder / "root"
    artefact.tell("building", "debootstrap")
    run_tool(
        ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", SUITE, str(root)],
        next_step="Check that a Debian mirror can be reached: debootstrap --print-debs bookworm /tmp/x",
        on_line=lambda line: artefact.tell("building", line),
    )
    for folder in _DROPPED:
        shutil.rmtree(root / folder, ignore_errors=True)
    (root / "usr/bin/python").symlink_to("python3")
    (root / "tmp").chmod(0o1777)
    with tarfile.open(artefact.folder / "layer.tar", "w") as layer:
        layer.add(root, ".", filter=_without_devices)
    shutil.rmtree(root)


def _without_devices(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave device nodes out, because the container runtime creates its own."""
    return None if member.ischr() or member.isblk() else member
