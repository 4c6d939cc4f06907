"""`report.json`: what a demo run did, for programs."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from local.audit import Audit
from local.demo.frauds import AlertSummary
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


class RuleAccuracy(BaseModel):
    """How well a rule found the planted frauds, each 0 to 1."""

    model_config = ConfigDict(frozen=True)

    precision: float
    recall: float


class Accounts(BaseModel):
    """What the freezer did: accounts frozen in the CRM, and alerts that it left to people."""

    model_config = ConfigDict(frozen=True)

    frozen: int
    kept: int


class Alerts(BaseModel):
    """What fraud detection did. None: nothing measured, or no freezer.

    p50 and p99 count from the last event of a planted fraud being handed to the Kafka client (by the ledger) until a
    consumer of committed records has its alert; first from the start of the first source until the first such alert.
    """

    model_config = ConfigDict(frozen=True)

    rules: dict[str, RuleAccuracy]
    first_seconds: float | None
    p50_seconds: float | None
    p99_seconds: float | None
    accounts: Accounts | None

    @classmethod
    def of(cls, summary: AlertSummary) -> "Alerts":
        """Figures of a summary."""
        accounts = summary.accounts
        return cls(
            rules={score.rule: RuleAccuracy(precision=score.precision, recall=score.recall) for score in summary.rules},
            first_seconds=summary.first_seconds,
            p50_seconds=summary.p50_seconds,
            p99_seconds=summary.p99_seconds,
            accounts=Accounts(frozen=accounts.frozen, kept=accounts.kept) if accounts else None,
        )


class Report(BaseModel):
    """A demo run. `alerts` is absent for a pipeline that does not look for frauds."""

    model_config = ConfigDict(frozen=True)

    ledger: TopicCounts
    alerts: Alerts | None
    seconds: Seconds
    engines: dict[str, str]

    def write(self, file: Path) -> None:
        """Replace the file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, self.model_dump_json(indent=2, exclude_none=True) + "\n")
