"""The demo's last part: from events in bronze to published numbers, and what they answer."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from contracts.batch_settings import TrinoConnection
from contracts.ledger import EventCounts
from jobs.nightly.ledger_balance import LedgerBalance, balance_ledger
from jobs.nightly.questions import QUESTIONS, Answer, answer_questions, in_order
from jobs.runtime.trino import TrinoSql
from local.supervisor.loopback import LOOPBACK
from operators.telecom_pipeline.objects import names
from telecom.access.lake_query import USER, Ask
from telecom.batch.job_runs import run_to_success
from telecom.batch.nightly import Days, Nightly, run_nightly
from telecom.demo.customers import live_until_today
from telecom.pipelines.bring_up import RunningPipeline
from telecom.pipelines.follow import Tell


@dataclass(frozen=True)
class Numbers:
    """What the batch jobs made of the events; without balance and answers if a gate kept the numbers back."""

    nightly: Nightly
    balance: LedgerBalance | None = None
    answers: tuple[Answer, ...] = ()


def bring_customers(pipeline: RunningPipeline, tell: Tell) -> None:
    """Let the carrier's customers live until today, and copy them into bronze; events may flow meanwhile."""
    live_until_today(pipeline)
    run_to_success(pipeline.state, pipeline.cluster, pipeline.resource.pipeline, names.CRM_BATCH_INGESTOR, tell)


def make_numbers(
    pipeline: RunningPipeline, produced: Mapping[str, EventCounts], trino_port: int, ask: Ask, tell: Tell
) -> Numbers:
    """Silver, gold, gates, publication; then churn scores, the ledger down to gold and the four questions."""
    nightly = run_nightly(pipeline.state, pipeline.cluster, pipeline.resource.pipeline, Days(), ask, tell)
    if not nightly.is_published:
        return Numbers(nightly)
    with (
        closing(TrinoSql(TrinoConnection(host=LOOPBACK, port=trino_port, username=USER))) as sql,
        ThreadPoolExecutor(1, thread_name_prefix="balance") as beside,
    ):
        balance = beside.submit(balance_ledger, sql, produced)
        answers = beside.submit(answer_questions, sql, [asked for asked in QUESTIONS if not asked.is_of_scores])
        run_to_success(pipeline.state, pipeline.cluster, pipeline.resource.pipeline, names.CHURN, tell)
        of_scores = answer_questions(sql, [asked for asked in QUESTIONS if asked.is_of_scores])
        return Numbers(nightly, balance.result(), in_order(answers.result() + of_scores))
