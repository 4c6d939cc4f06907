"""Publications so far, and the one that a rollback returns to. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a publication run did."""

    PUBLISHED = "published"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True)
class PublicationRecord:
    """One run. `snapshots` (gold table to snapshot id) is what readers see since then; empty if it was refused."""

    run_id: str
    action: Action
    at: dt.datetime
    run_date: dt.date | None
    snapshots: Mapping[str, int]
    blocking_gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rollback:
    """From the publication that readers see to the one before."""

    current: PublicationRecord
    target: PublicationRecord

    @property
    def withdrawn(self) -> list[str]:
        """Tables that readers see now and did not see then."""
        return sorted(self.current.snapshots.keys() - self.target.snapshots.keys())


class NothingToRollBackToError(Exception):
    """There is no publication to go back to."""


def rollback_of(records: Sequence[PublicationRecord]) -> Rollback:
    """The way back from the publication that readers see now. `records` are oldest first.

    Raises `NothingToRollBackToError`. Two rollbacks in a row go back two publications.
    """
    stack: list[PublicationRecord] = []
    for record in records:
        if record.action is Action.PUBLISHED:
            stack.append(record)
        elif record.action is Action.ROLLED_BACK and stack:
            stack.pop()
    if len(stack) < 2:
        raise NothingToRollBackToError(
            "there is no publication before the current one; `select * from audit.publications` lists all of them"
        )
    return Rollback(current=stack[-1], target=stack[-2])
