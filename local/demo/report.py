"""`report.json`: what a demo run did, for programs."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from local.audit import Audit
from local.files import write_atomically


class TopicCounts(BaseModel):
    """Where the records of the topics are."""

    model_config = ConfigDict(frozen=True)

    produced: dict[str, int]
    bronze: dict[str, int]
    dlq: dict[str, int]
    balanced: bool

    @classmethod
    def of(cls, audit: Audit) -> "TopicCounts":
        """Counts of an audit."""
        balances = [topic.balance for topic in audit.topics]
        return cls(
            produced={balance.topic: balance.produced for balance in balances},
            bronze={balance.topic: balance.bronze for balance in balances},
            dlq={balance.topic: balance.dead_letters for balance in balances},
            balanced=audit.is_balanced,
        )


class Seconds(BaseModel):
    """Wall time: engines into the cache; services and pipeline ready; sources done and all of it in bronze."""

    model_config = ConfigDict(frozen=True)

    fetch: float
    up: float
    run: float


class Report(BaseModel):
    """A demo run."""

    model_config = ConfigDict(frozen=True)

    ledger: TopicCounts
    seconds: Seconds
    engines: dict[str, str]

    def write(self, file: Path) -> None:
        """Replace the file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, self.model_dump_json(indent=2) + "\n")
