"""Trino: the server and a few plugins from its tarball."""

import shutil
import tarfile
from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.maven import Coordinate, fetch_file
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions

_KEPT_FOLDERS = ("lib",)


def trino_home(report: Report = ignore_progress) -> Path:
    """Folder with `lib/` and `plugin/`. The first call fetches 0.8 GB. Raises `CommandError`, `MavenError`."""
    pinned = versions().trino
    return install("trino", "-".join((pinned.version, *pinned.plugins)), _fetch, report)


def _fetch(artefact: Artefact) -> None:
    pinned = versions().trino
    coordinate = Coordinate("io.trino", "trino-server", pinned.version, packaging="tar.gz")
    download = artefact.folder / "download"
    tarball = fetch_file(artefact, coordinate, download)
    artefact.tell("unpacking", tarball.name)
    unpack_selected(tarball, artefact.folder, wanted=(*_KEPT_FOLDERS, *(f"plugin/{name}" for name in pinned.plugins)))
    shutil.rmtree(download)


def unpack_selected(tarball: Path, target: Path, wanted: tuple[str, ...]) -> None:
    """Unpack the folders `wanted` (paths below the tarball's top folder) into `target`.

    The tarball stores equal jars once and links the others to them. If the stored one is in a folder that is not
    wanted, it is unpacked under the first wanted name.
    """
    home_of: dict[str, list[str]] = {}
    with tarfile.open(tarball) as archive:
        for member in archive:
            if _is_wanted(path := _below_top(member.name), wanted) and not member.isdir():
                home_of.setdefault(_below_top(member.linkname) if member.islnk() else path, []).append(path)
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.isfile() and (paths := home_of.get(_below_top(member.name))):
                _unpack(archive, member, [target / path for path in paths])


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, paths: list[Path]) -> None:
    source = archive.extractfile(member)
    if source is None:
        return
    first, *others = paths
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    with source, first.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
    for path in others:
        path.hardlink_to(first)


def _below_top(name: str) -> str:
    return name.partition("/")[2]


def _is_wanted(path: str, wanted: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in wanted)
