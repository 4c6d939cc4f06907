"""Every image starts with its own code and the packages of its extra, and with nothing else in reach."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from operator_fixtures import REPOSITORY
from uv import find_uv_bin

from images.contents import OPERATOR_IMAGE, OWN_IMAGES, ImageContents
from images.layers import write_code_layer

PROGRAM = {OPERATOR_IMAGE: "operators.telecom_pipeline.controller", "producers": "jobs.producers.cdr_producer"}
# The operator has no command line: its settings are in the environment, and it names those that it misses.
SAYS = {OPERATOR_IMAGE: "The operator's environment is wrong"}
ENDS_WITH = {OPERATOR_IMAGE: 2}
EXPORT = ("export", "--frozen", "--offline", "--no-dev", "--no-emit-project", "--no-hashes", "--no-annotate")

Processes = Mapping[str, "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("images")


@pytest.fixture(scope="module")
def processes(folder: Path) -> Iterator[Processes]:
    """All at once, since each spends its time with imports."""
    for image in OWN_IMAGES:
        unpack(image, folder / image.name)
    started = {image.name: start(folder / image.name, program(image)) for image in OWN_IMAGES}
    yield started
    for process in started.values():
        process.kill()
        process.wait()


@pytest.mark.parametrize("image", OWN_IMAGES, ids=lambda image: image.name)
def test_an_image_starts_with_what_it_holds(image: ImageContents, processes: Processes, folder: Path) -> None:
    exit_code = processes[image.name].wait()
    output = (folder / image.name / "output").read_text()
    assert SAYS.get(image.name, f"Usage: python -m {program(image)}") in output
    assert exit_code == ENDS_WITH.get(image.name, 0), output


def program(image: ImageContents) -> str:
    return PROGRAM.get(image.name, f"jobs.{image.name.replace('-', '_')}")


def unpack(image: ImageContents, root: Path) -> None:
    site = root / "site"
    site.mkdir(parents=True)
    write_code_layer(root / "code.tar", REPOSITORY, image.code, "app")
    with tarfile.open(root / "code.tar") as layer:
        layer.extractall(root, filter="data")
    for name in locked_packages(image.name):
        link_package(name, site)


def locked_packages(extra: str) -> list[str]:
    """Names of the distributions that an image gets from uv.lock."""
    command = [find_uv_bin(), *EXPORT, f"--extra={extra}"]
    pins = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return [line.partition("==")[0] for line in pins.splitlines() if not line.startswith("#")]


def link_package(name: str, site: Path) -> None:
    """What a distribution has at the top of site-packages; one that is for other platforms is not installed here."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return
    for top in {file.parts[0] for file in package.files or () if ".." not in file.parts}:
        if not (site / top).is_symlink():
            (site / top).symlink_to(Path(str(package.locate_file(top))))


def start(root: Path, program: str) -> "subprocess.Popen[bytes]":
    """Without the site-packages of this Python, which lead to the whole repository."""
    environment = {"PATH": os.defpath, "PYTHONPATH": f"{root / 'app'}:{root / 'site'}", "COLUMNS": "120"}
    with (root / "output").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-S", "-m", program, "--help"], cwd=root, env=environment, stdout=output, stderr=output
        )
