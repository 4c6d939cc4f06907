"""Layers of an image: a base system, the locked Python packages, our own code. Each is a tar file."""

import importlib.metadata
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "telecom-lakehouse"
SITE = "opt/telecom/site"
APP = "opt/telecom/app"
_CODE_SUFFIXES = (".py", ".sql")


def write_package_layer(target: Path, extras: Iterable[str]) -> None:
    """Tar of the project's dependencies for `extras`, as they are installed here, which is as uv.lock pins them."""
    with tarfile.open(target, "w") as layer:
        for name in sorted(_closure(PROJECT, frozenset(extras))):
            _add_distribution(layer, name)


def write_code_layer(
    target: Path, repository: Path, packages: Iterable[str], beside: Iterable[str | Path] = ()
) -> None:
    """Tar of our own packages: code and the statements that it reads from files; of folders `beside` it, all files."""
    with tarfile.open(target, "w") as layer:
        for package in packages:
            for source in sorted((repository / package).rglob("*")):
                if source.suffix in _CODE_SUFFIXES:
                    layer.add(source, f"{APP}/{source.relative_to(repository)}", filter=_anonymous)
        for folder in beside:
            layer.add(repository / folder, f"{APP}/{folder}", filter=_anonymous)


def _closure(project: str, extras: frozenset[str]) -> set[str]:
    """The project and all it needs, directly or not, on this platform."""
    found: dict[str, frozenset[str]] = {}
    todo = [(canonicalize_name(project), extras)]
    while todo:
        name, wanted = todo.pop()
        known = found.get(name)
        if known is not None and wanted <= known:
            continue
        found[name] = (known or frozenset()) | wanted
        todo += [(canonicalize_name(each.name), frozenset(each.extras)) for each in _requirements(name, found[name])]
    return set(found)


def _requirements(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in importlib.metadata.requires(name) or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def _add_distribution(layer: tarfile.TarFile, name: str) -> None:
    for file in importlib.metadata.files(name) or ():
        source = Path(str(file.locate()))
        is_inside = ".." not in file.parts and file.suffix not in (".pyc", ".pth")
        if is_inside and source.is_file():
            layer.add(source, f"{SITE}/{file}", filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Owned by root, readable by all, without a time, so that equal content makes an equal layer."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member


def write_files_layer(target: Path, sources: Mapping[Path, str], contents: Mapping[str, str]) -> None:
    """Tar of files and folders of this machine by their place in the image, and of small texts."""
    with tarfile.open(target, "w") as layer:
        for source, place in sources.items():
            layer.add(source, place, filter=_anonymous)
        for place, text in contents.items():
            member = tarfile.TarInfo(place)
            member.size = len(text.encode())
            member.mode = 0o755 if text.startswith("#!") else 0o644
            layer.addfile(member, BytesIO(text.encode()))
