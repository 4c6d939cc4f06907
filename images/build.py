"""Builds the images: `python -m images.build FOLDER` writes archives for `ctr images import` or `docker load`.

The Dockerfiles put the same code in the same places with a container engine.
"""

import argparse
from pathlib import Path

from images.engine_images import write_engine_images
from images.own_images import write_own_images
from local.artefacts.image_base import base_layer
from local.artefacts.progress import Report, ignore_progress


def build_images(folder: Path, report: Report = ignore_progress) -> tuple[Path, ...]:
    """Archives with all images. Raises `CommandError`."""
    folder.mkdir(parents=True, exist_ok=True)
    base = base_layer(report)
    return (write_own_images(folder, base, report), *write_engine_images(folder, base, report))


def main() -> None:
    """Command line: the folder to write to."""
    parser = argparse.ArgumentParser(prog="python -m images.build", description="Build the images, as root.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("build/images"), help="default: %(default)s")
    for archive in build_images(parser.parse_args().folder):
        print(archive)


if __name__ == "__main__":
    main()
