"""The end of a job that cannot go on: errors that its user can mend are one line of the log, not a stack trace."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from jobs.runtime.settings import SettingsError

EXIT_FATAL = 1

log = structlog.get_logger()


@contextmanager
def fatal_in_one_line(*named: type[Exception]) -> Iterator[None]:
    """Log a `SettingsError` or one of `named` with its own words and exit with `EXIT_FATAL`; others pass."""
    expected: tuple[type[Exception], ...] = (SettingsError, *named)
    try:
        yield
    except expected as error:
        log.error("cannot go on", error=type(error).__name__, message=str(error))
        sys.exit(EXIT_FATAL)
