"""How far dead letters of each reason were replayed, as a consumer group can store it: one offset and a short text.

A replay may be limited to one reason, so one offset is not enough: it is the smallest of all reasons, and the text
(the offset's metadata) holds the reasons that are further on. Pure.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.dead_letters import DeadLetterReason

ALL_REASONS = frozenset(reason.value for reason in DeadLetterReason)


@dataclass(frozen=True)
class ReplayProgress:
    """Dead letters before `base` are done with, and those of the reasons in `ahead` before the offset given there."""

    base: int = 0
    ahead: dict[str, int] = field(default_factory=dict)

    @classmethod
    def decode(cls, offset: int, metadata: str | None) -> "ReplayProgress":
        """Progress from what the group holds; a negative offset means that it holds nothing."""
        if offset < 0:
            return cls()
        return cls(offset, {str(reason): int(end) for reason, end in json.loads(metadata or "{}").items()})

    def encode(self) -> tuple[int, str]:
        """Offset and metadata to store."""
        return self.base, json.dumps(self.ahead, separators=(",", ":"), sort_keys=True)

    def is_due(self, reason: str, offset: int) -> bool:
        """True for a dead letter that was not replayed yet."""
        return offset >= self.ahead.get(reason, self.base)

    def after(self, reasons: Iterable[str] | None, end: int) -> "ReplayProgress":
        """Progress once all dead letters before `end` with one of `reasons` (None: any reason) are done with."""
        if reasons is None:
            return ReplayProgress(max(end, self.base), {r: done for r, done in self.ahead.items() if done > end})
        done = {reason: self.ahead.get(reason, self.base) for reason in ALL_REASONS | self.ahead.keys()}
        done |= {reason: max(end, done.get(reason, self.base)) for reason in reasons}
        base = min(done.values())
        return ReplayProgress(base, {reason: offset for reason, offset in done.items() if offset > base})
