"""A commit beside the parsing: one at a time, its end announced, its failure raised where it is waited for."""

from threading import Event
from typing import cast

import pytest

from jobs.kafka_to_bronze.committing.background_commit import BackgroundCommit
from jobs.kafka_to_bronze.committing.commit import CommitOutcome, Committer
from jobs.kafka_to_bronze.reading.buffer import PendingCommit

LONG_SECONDS = 10.0
PENDING = cast(PendingCommit, None)  # handed on as it is


class HeldCommitter:
    """Commits when it is told to, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.may_end = Event()
        self._error = error

    def commit(self, _pending: PendingCommit) -> CommitOutcome:
        assert self.may_end.wait(LONG_SECONDS)
        if self._error is not None:
            raise self._error
        return CommitOutcome(ends={0: 7})


def background(committer: HeldCommitter, done: Event) -> BackgroundCommit:
    return BackgroundCommit(cast(Committer, committer), done.set, "commit-test")


def test_the_caller_goes_on_while_a_commit_is_under_way_and_is_told_of_its_end() -> None:
    committer, done = HeldCommitter(), Event()
    commits = background(committer, done)
    commits.start(PENDING)
    assert not commits.is_done and not done.is_set()

    committer.may_end.set()
    assert done.wait(LONG_SECONDS)
    finished = commits.wait()
    assert finished is not None and finished.outcome.ends == {0: 7}
    assert commits.wait() is None
    commits.close()


def test_a_second_commit_is_refused_until_the_first_was_waited_for() -> None:
    committer, done = HeldCommitter(), Event()
    commits = background(committer, done)
    commits.start(PENDING)
    with pytest.raises(RuntimeError, match="under way"):
        commits.start(PENDING)

    committer.may_end.set()
    commits.wait()
    commits.start(PENDING)
    assert commits.wait() is not None
    commits.close()


def test_what_ended_a_commit_is_raised_once_where_its_end_is_waited_for() -> None:
    committer, done = HeldCommitter(OSError("store is gone")), Event()
    commits = background(committer, done)
    committer.may_end.set()
    commits.start(PENDING)
    with pytest.raises(OSError, match="store is gone"):
        commits.wait()
    assert commits.wait() is None
    commits.close()
