"""One commit at a time in a thread of its own: parsing goes on while files are written and the catalog answers."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from jobs.kafka_to_bronze.committing.commit import CommitOutcome, Committer
from jobs.kafka_to_bronze.reading.buffer import PendingCommit


@dataclass(frozen=True)
class FinishedCommit:
    """What became of a commit, and how long it took from its first attempt."""

    outcome: CommitOutcome
    seconds: float


class BackgroundCommit:
    """The commit that is under way for one table, if any. Used by one thread, which learns of its end by `on_done`."""

    def __init__(self, committer: Committer, on_done: Callable[[], None], thread_name: str) -> None:
        self._committer = committer
        self._on_done = on_done
        self._executor = ThreadPoolExecutor(1, thread_name)
        self._under_way: Future[FinishedCommit] | None = None

    @property
    def is_done(self) -> bool:
        """True when `wait` would return the end of a commit at once."""
        return self._under_way is not None and self._under_way.done()

    def start(self, pending: PendingCommit) -> None:
        """Begin a commit. Call `wait` for the one before first, or the two could change places in the table."""
        if self._under_way is not None:
            raise RuntimeError("a commit is still under way")
        self._under_way = self._executor.submit(self._commit, pending)
        self._under_way.add_done_callback(lambda _future: self._on_done())

    def wait(self) -> FinishedCommit | None:
        """The end of the commit under way, None when there is none. Raises what `Committer.commit` raised."""
        under_way, self._under_way = self._under_way, None
        return None if under_way is None else under_way.result()

    def close(self) -> None:
        """Let the thread end once its commit has."""
        self._executor.shutdown(wait=False)

    def _commit(self, pending: PendingCommit) -> FinishedCommit:
        started = time.monotonic()
        outcome = self._committer.commit(pending)
        return FinishedCommit(outcome, time.monotonic() - started)
