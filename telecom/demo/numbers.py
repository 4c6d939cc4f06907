"""The last part of the demo: from events in bronze to published numbers and the questions that they answer."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from contracts.ledger import EventCounts
from jobs.nightly.run_day import TODAY
from jobs.runtime.trino import TrinoSql
from local.services.trino_logins import TrinoUser
from telecom.access.query import trino_of
from telecom.access.trino_login import trino_login
from telecom.audit.ledger_balance import LedgerBalance, balance_ledger
from telecom.batch.ingest import run_ingest
from telecom.batch.job_names import BatchJob
from telecom.batch.job_runs import run_to_success
from telecom.batch.nightly import Days, Nightly, run_nightly
from telecom.demo.customers import simulate_until_today
from telecom.demo.gold_questions import QUESTIONS, Answer, answer_questions, in_order
from telecom.pipelines.follow import Tell
from telecom.pipelines.up import RunningPipeline


@dataclass(frozen=True)
class Numbers:
    """The results of the batch jobs; without balance and answers if a gate prevented the publication."""

    nightly: Nightly
    balance: LedgerBalance | None = None
    answers: tuple[Answer, ...] = ()


def bring_customers(pipeline: RunningPipeline, tell: Tell) -> None:
    """Simulate the customers up to today and copy them into bronze, while events may flow."""
    simulate_until_today(pipeline)
    run_ingest(pipeline.local, tell)


def make_numbers(pipeline: RunningPipeline, produced: Mapping[str, EventCounts], tell: Tell) -> Numbers:
    """Run the nightly job, then score churn, balance the ledger down to gold and answer the four questions."""
    ask = trino_of(pipeline.state, TrinoUser.TRANSFORMER)
    nightly = run_nightly(pipeline.local, Days(TODAY), ask, tell)
    if not nightly.is_published:
        return Numbers(nightly)
    with (
        _asking(pipeline, TrinoUser.TRANSFORMER) as jobs,
        _asking(pipeline, TrinoUser.ANALYST) as analyst,
        ThreadPoolExecutor(1, thread_name_prefix="balance") as beside,
    ):
        balance = beside.submit(balance_ledger, jobs, produced)
        answers = beside.submit(answer_questions, analyst, [asked for asked in QUESTIONS if not asked.is_of_scores])
        run_to_success(pipeline.local, BatchJob.CHURN.component, tell)
        of_scores = answer_questions(analyst, [asked for asked in QUESTIONS if asked.is_of_scores])
        return Numbers(nightly, balance.result(), in_order(answers.result() + of_scores))


def _asking(pipeline: RunningPipeline, user: TrinoUser) -> closing[TrinoSql]:
    login = trino_login(pipeline.state, user)
    return closing(TrinoSql(login.connection, login.credentials))
