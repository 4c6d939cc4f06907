"""`report.json`: what a demo run did, for programs."""

from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from local.state.files import write_atomically
from telecom.audit.ledger_audit import Audit
from telecom.audit.ledger_balance import LedgerBalance
from telecom.batch.nightly import FAILED, PASSED, Nightly
from telecom.demo.frauds import AlertSummary
from telecom.demo.run import DemoRun, engine_versions


class TopicCounts(BaseModel):
    """Where the records of the topics are."""

    model_config = ConfigDict(frozen=True)

    produced: dict[str, int]
    bronze: dict[str, int]
    dlq: dict[str, int]
    balanced: bool
    # Events missing in silver, and whether gold's totals are silver's; absent where no numbers were published.
    silver: dict[str, int] | None
    gold_balanced: bool | None

    @classmethod
    def of(cls, audit: Audit, lake: LedgerBalance | None) -> "TopicCounts":
        """Counts of an audit, and of the balance down to gold."""
        balances = [topic.balance for topic in audit.topics]
        return cls(
            produced={balance.topic: balance.produced for balance in balances},
            bronze={balance.topic: balance.bronze for balance in balances},
            dlq={balance.topic: balance.dead_letters for balance in balances},
            balanced=audit.is_balanced,
            silver={balance.topic: balance.missing for balance in lake.silver} if lake else None,
            gold_balanced=lake.gold_balanced if lake else None,
        )


class Seconds(BaseModel):
    """Wall time until the engines are in the cache, the pipeline is ready, all events are in bronze, numbers exist."""

    model_config = ConfigDict(frozen=True)

    fetch: float
    up: float
    run: float
    nightly: float | None


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
    """What fraud detection did. None means that nothing was measured, or that there is no freezer.

    p50 and p99 are measured from when the last event of a planted fraud was handed to the Kafka client, by the ledger,
    until a consumer of committed records has its alert; first, from the start of the first source to the first alert.
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


class Gates(BaseModel):
    """Verdicts of the quality gates; the others warned. One failed gate is enough to prevent the publication."""

    model_config = ConfigDict(frozen=True)

    total: int
    passed: int
    failed: int

    @classmethod
    def of(cls, nightly: Nightly) -> "Gates":
        """Counts of a run."""
        return cls(total=len(nightly.gates), passed=nightly.count(PASSED), failed=nightly.count(FAILED))


class Published(BaseModel):
    """A published table, and its snapshot that readers see."""

    model_config = ConfigDict(frozen=True)

    table: str
    snapshot: int


class Report(BaseModel):
    """A demo run. `alerts` is absent if the pipeline does not detect frauds, `gates` if it has no batch jobs."""

    model_config = ConfigDict(frozen=True)

    ledger: TopicCounts
    alerts: Alerts | None
    gates: Gates | None
    published: list[Published] | None
    seconds: Seconds
    engines: dict[str, str]

    @classmethod
    def of(cls, run: DemoRun, fetch_seconds: float) -> "Report":
        """Report of a run whose engines took `fetch_seconds` to fetch."""
        numbers = run.numbers
        nightly = numbers.nightly if numbers else None
        return cls(
            ledger=TopicCounts.of(run.audit, numbers.balance if numbers else None),
            alerts=Alerts.of(run.alerts) if run.alerts else None,
            gates=Gates.of(nightly) if nightly else None,
            published=[Published(**asdict(published)) for published in nightly.published] if nightly else None,
            seconds=Seconds(
                fetch=fetch_seconds,
                up=run.pipeline.seconds,
                run=run.run_seconds,
                nightly=nightly.seconds if nightly else None,
            ),
            engines=engine_versions(run.pipeline.resource),
        )

    def write(self, file: Path) -> None:
        """Replace the file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, self.model_dump_json(indent=2, exclude_none=True) + "\n")
