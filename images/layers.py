"""Layers of an image, each a tar file. Equal content makes an equal layer, which a node stores once."""

import tarfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

# The project's documentation and what Python and dbt left behind in its folders stay out.
_CODE_SUFFIXES = (".py", ".sql", ".json", ".yml", ".csv")
_LEFT_BEHIND = ("__pycache__", "target", "logs")


def write_code_layer(target: Path, repository: Path, code: Iterable[str], place: str) -> None:
    """Tar of files and folders of the repository below the folder `place`: modules and what they read."""
    with tarfile.open(target, "w") as layer:
        for part in code:
            for source in _code_files(repository / part):
                layer.add(source, f"{place}/{source.relative_to(repository)}", filter=_anonymous)


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


def _code_files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    for path in sorted(source.rglob("*")):
        if path.suffix in _CODE_SUFFIXES and not set(path.relative_to(source).parts) & set(_LEFT_BEHIND):
            yield path


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Owned by root, readable by all, without a time, so that equal content makes an equal layer."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member
