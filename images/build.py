"""Builds the images of our own jobs and the operator: `python -m images.build FOLDER` writes telecom-lakehouse.tar.

One set of layers under one name per component, so that a node stores them once. The Dockerfiles beside each component
build the same content with a container engine.
"""

import sys
from importlib.metadata import version
from pathlib import Path

from images.archive import write_archive
from images.base import base_layer
from images.layers import APP, PROJECT, SITE, write_code_layer, write_package_layer
from local.artefacts.progress import Report, ignore_progress
from operators.telecom_pipeline.render.images import KAFKA_TO_BRONZE_IMAGE, PRODUCERS_IMAGE
from operators.telecom_pipeline.spec.image import LOCAL_REGISTRY

REPOSITORY = Path(__file__).parents[1]
OPERATOR_IMAGE = "telecom-operator"
IMAGES = (OPERATOR_IMAGE, PRODUCERS_IMAGE, KAFKA_TO_BRONZE_IMAGE)
EXTRAS = ("producers", "sink", "operator", "kube")
PACKAGES = ("contracts", "jobs", "operators")
USER = "10001:10001"


def build_images(folder: Path, report: Report = ignore_progress) -> Path:
    """Archive with all images, for `ctr images import` or `docker load`. Raises `CommandError`."""
    folder.mkdir(parents=True, exist_ok=True)
    packages, code, archive = (folder / name for name in ("packages.tar", "code.tar", f"{PROJECT}.tar"))
    base = base_layer(report)
    write_package_layer(packages, EXTRAS)
    write_code_layer(code, REPOSITORY, PACKAGES)
    config = {
        "User": USER,
        "WorkingDir": "/",
        "Env": [
            "PATH=/usr/bin:/bin",
            f"PYTHONPATH=/{APP}:/{SITE}",
            "PYTHONUNBUFFERED=1",
            "PYTHONDONTWRITEBYTECODE=1",
        ],
        "Cmd": ["python", "--version"],
    }
    write_archive(archive, image_names(), (base, packages, code), config)
    return archive


def image_names() -> list[str]:
    """Full names of all images, with the version of this checkout."""
    return [f"{LOCAL_REGISTRY}/{image}:{version(PROJECT)}" for image in IMAGES]


def main() -> None:
    """Command line: the folder to write to."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/images")
    print(build_images(folder))
    for name in image_names():
        print(f"  {name}")


if __name__ == "__main__":
    main()
