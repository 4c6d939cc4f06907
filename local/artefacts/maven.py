"""Fetches from Maven repositories with the user's own Maven: mirrors and proxies of settings.xml apply."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from local.artefacts.cache import Artefact
from local.artefacts.command import run_tool
from local.errors import LocalError

_NEXT_STEP = "telecom doctor (it checks Maven), then the same command again; it keeps what was fetched"
_QUIET = ("mvn", "-B", "-ntp", "-Dstyle.color=never")


class MavenError(LocalError):
    """Maven succeeded but did not leave what was asked for."""


@dataclass(frozen=True)
class Coordinate:
    """A Maven artefact, with its `classifier` and `packaging` where they are not the usual ones."""

    group: str
    name: str
    version: str
    packaging: str = "jar"
    classifier: str | None = None
    # False leaves out its dependencies.
    transitive: bool = True

    @property
    def file_name(self) -> str:
        """Name of its file in a repository."""
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{classifier}.{self.packaging}"

    @property
    def path_in_local_repository(self) -> Path:
        """Where Maven keeps its copy, unless settings.xml moves the local repository."""
        repository = Path.home() / ".m2" / "repository"
        return repository.joinpath(*self.group.split("."), self.name, self.version, self.file_name)

    def __str__(self) -> str:
        parts = (self.group, self.name, self.version, self.packaging, self.classifier)
        return ":".join(part for part in parts if part)


def fetch_jars(artefact: Artefact, coordinates: Iterable[Coordinate], folder: Path) -> None:
    """Put the jars of the coordinates and of their run-time dependencies into a folder. Raises `CommandError`."""
    folder.mkdir(parents=True, exist_ok=True)
    pom = artefact.folder / "pom.xml"
    pom.write_text(_pom(artefact.name, coordinates))
    artefact.tell("fetching")
    run_tool(
        [
            *_QUIET,
            "-f",
            str(pom),
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={folder}",
        ],
        next_step=_NEXT_STEP,
        on_line=lambda line: artefact.tell("fetching", line),
    )


def fetch_file(artefact: Artefact, coordinate: Coordinate, folder: Path) -> Path:
    """Put one file, without its dependencies, into a folder. Raises `CommandError`, `MavenError`.

    If the user's local Maven repository did not have the file before, it is removed from there again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cached = coordinate.path_in_local_repository
    was_cached = cached.exists()
    artefact.tell("fetching")
    run_tool(
        [*_QUIET, "dependency:copy", f"-Dartifact={coordinate}", f"-DoutputDirectory={folder}"],
        next_step=_NEXT_STEP,
        on_line=lambda line: artefact.tell("fetching", line),
    )
    file = folder / coordinate.file_name
    if not file.is_file():
        raise MavenError(f"fetch {coordinate}", f"Maven succeeded but left no {file.name} in {folder}", _NEXT_STEP)
    if not was_cached:
        cached.unlink(missing_ok=True)
    return file


def _pom(name: str, coordinates: Iterable[Coordinate]) -> str:
    dependencies = "".join(_dependency(coordinate) for coordinate in coordinates)
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>dev.telecom</groupId><artifactId>{escape(name)}</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>"
    )


def _dependency(coordinate: Coordinate) -> str:
    fields = {
        "groupId": coordinate.group,
        "artifactId": coordinate.name,
        "version": coordinate.version,
        "type": coordinate.packaging,
        "classifier": coordinate.classifier,
    }
    body = "".join(f"<{tag}>{escape(value)}</{tag}>" for tag, value in fields.items() if value)
    if not coordinate.transitive:
        body += "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
    return f"<dependency>{body}</dependency>"
