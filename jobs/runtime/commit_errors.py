"""Why a commit of several tables as one act did not take place."""

from collections.abc import Iterable

from pyiceberg.exceptions import CommitStateUnknownException


class NotCommittedError(Exception):
    """Nothing was committed; the message says why, and what to do."""


class ChangedMeanwhileError(NotCommittedError):
    """A table is no longer what the change presumes."""


class ContestedCommitError(NotCommittedError):
    """Other writers changed one of the tables at each attempt."""


class NotOneActError(NotCommittedError):
    """The catalog does not commit several tables as one act."""


class TornCommitError(Exception):
    """The catalog committed some of the tables and not the others, against its specification."""


# All of them say what to do. After the last two, something may have been committed.
COMMIT_ERRORS = (NotCommittedError, TornCommitError, CommitStateUnknownException)


def contested(tables: Iterable[str]) -> ContestedCommitError:
    """The error for these tables."""
    names = ", ".join(sorted(tables))
    return ContestedCommitError(f"others kept changing one of {names}; nothing was committed. Run this again.")
