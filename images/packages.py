"""Packages of others for an image: what a uv.lock pins, for the Python of the base, whichever Python runs this."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from uv import find_uv_bin

from images.layers import write_files_layer
from local.artefacts.command import run_tool
from local.artefacts.image_base import PYTHON

_NEXT_STEP = "check that PyPI or your mirror answers (UV_INDEX_URL), then the same command again"


def write_package_layer(target: Path, project: Path, extras: Iterable[str], site: str) -> None:
    """Tar of the packages that `project` pins for `extras`, below the folder `site`. Raises `CommandError`."""
    with TemporaryDirectory(dir=target.parent) as scratch:
        pins, packages = Path(scratch) / "pins.txt", Path(scratch) / "site"
        _export(project, extras, pins)
        _unpack(pins, packages)
        write_files_layer(target, {packages: site}, {})


def _export(project: Path, extras: Iterable[str], pins: Path) -> None:
    chosen = (f"--extra={extra}" for extra in extras)
    _uv("export", "--frozen", "--no-dev", "--no-emit-project", *chosen, f"--project={project}", f"--output-file={pins}")


def _unpack(pins: Path, folder: Path) -> None:
    base = (f"--python={sys.executable}", f"--python-version={PYTHON}", "--only-binary=:all:")
    _uv("pip", "install", f"--target={folder}", "--no-deps", *base, f"--requirement={pins}")
    # Programs that begin with the path of this machine's Python; a container runs modules.
    shutil.rmtree(folder / "bin", ignore_errors=True)


def _uv(*arguments: str) -> None:
    run_tool([find_uv_bin(), *arguments], environment={"UV_SYSTEM_CERTS": "1"}, next_step=_NEXT_STEP)
