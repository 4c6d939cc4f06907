"""The dbt project as dbt parsed it, made once by `parse_project.py`: no run has to read the same files again."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

DIGEST = "project.sha256"
MANIFEST = "manifest.json"
# dbt's own name for its cache of the parsed project.
PARSED = "partial_parse.msgpack"
PROJECT_FILES = (".sql", ".yml", ".csv")
# The parsed project has the catalog's name in it, but neither the engine's place nor its user.
CATALOG = "iceberg"


@dataclass(frozen=True)
class ParsedProject:
    """A folder that `parse_project` filled."""

    folder: Path

    def is_of(self, digest: str, catalog: str) -> bool:
        """True when it was made from the project with this digest, for this catalog."""
        noted = self.folder / DIGEST
        return catalog == CATALOG and noted.is_file() and noted.read_text() == digest


def project_digest(project_directory: Path) -> str:
    """SHA-256 over the project's files: two runs with the same digest make the same from the same input."""
    digest = hashlib.sha256()
    for file in sorted(path for path in project_directory.rglob("*") if path.suffix in PROJECT_FILES):
        digest.update(f"{file.relative_to(project_directory)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()
