"""Compares the ledger with silver and gold: every event is a row, a copy, a dead letter or in quarantine."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.ledger import EventCounts
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC
from jobs.runtime.trino import TrinoSql


@dataclass(frozen=True)
class SilverBalance:
    """What became of the events of one topic. `dead_letters` and `copies` are what the producers planted."""

    topic: str
    produced: int
    dead_letters: int
    copies: int
    silver: int
    quarantined: int

    @property
    def missing(self) -> int:
        """Events that were found nowhere; negative if something is there twice."""
        return self.produced - self.dead_letters - self.copies - self.silver - self.quarantined


@dataclass(frozen=True)
class LedgerBalance:
    """The balance of all topics, and whether the totals of gold are those of silver."""

    silver: tuple[SilverBalance, ...]
    gold_balanced: bool

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is missing anywhere."""
        return self.gold_balanced and all(balance.missing == 0 for balance in self.silver)

    def summary(self) -> dict[str, object]:
        """The part of a report that tools read: `ledger.{silver,gold_balanced}`."""
        return {
            "silver": {balance.topic: balance.missing for balance in self.silver},
            "gold_balanced": self.gold_balanced,
        }


def balance_ledger(sql: TrinoSql, produced: Mapping[str, EventCounts]) -> LedgerBalance:
    """Count silver and gold against `produced` (per topic, from the ledger)."""
    silver = tuple(
        _silver_balance(sql, topic, table, produced.get(topic, EventCounts()))
        for topic, table in SILVER_TABLE_BY_TOPIC.items()
    )
    return LedgerBalance(silver, _totals(sql, "silver.silver_calls") == _totals(sql, "gold.fact_calls"))


def _silver_balance(sql: TrinoSql, topic: str, table: str, counts: EventCounts) -> SilverBalance:
    return SilverBalance(
        topic=topic,
        produced=counts.produced,
        dead_letters=counts.malformed,
        copies=counts.duplicates,
        silver=_count(sql, f"silver.{table}"),
        quarantined=_count(sql, f"silver.{table}_quarantine"),
    )


def _count(sql: TrinoSql, table: str) -> int:
    count: int = sql.rows(f"select count(*) as n from {table}")[0]["n"]  # noqa: S608
    return count


def _totals(sql: TrinoSql, table: str) -> list[dict[str, object]]:
    return sql.rows(
        f"select count(*) as calls, sum(duration_seconds) as seconds, sum(revenue_usd) as revenue from {table}"  # noqa: S608
    )
