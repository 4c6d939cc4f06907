"""What a change of a table presumes of it."""

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from pyiceberg.table import CommitTableRequest, Table
from pyiceberg.typedef import Identifier

from jobs.runtime.commit_errors import ChangedMeanwhileError


def identifier_of(change: CommitTableRequest) -> Identifier:
    """Namespace and name of the table that it changes."""
    return (*change.identifier.namespace.root, change.identifier.name)


def table_as_required(catalog: Catalog, change: CommitTableRequest) -> Table:
    """The table as it is now. Raises `ChangedMeanwhileError` if it is gone, or not as `change` requires."""
    name = identifier_of(change)
    try:
        table = catalog.load_table(name)
        for requirement in change.requirements:
            requirement.validate(table.metadata)
    except (NoSuchTableError, CommitFailedException) as error:
        raise ChangedMeanwhileError(
            f"{'.'.join(name)} is not as it was: {error}; nothing was committed. Run this again."
        ) from error
    return table
