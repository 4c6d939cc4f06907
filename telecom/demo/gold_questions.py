"""The four questions that the platform is there to answer, as SQL on what readers may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from jobs.runtime.trino import Row, TrinoSql


@dataclass(frozen=True)
class Question:
    """A question of the business and the query that answers it; some wait for the churn scores of the night."""

    text: str
    sql: str
    is_of_scores: bool = False


@dataclass(frozen=True)
class Answer:
    """A question with its rows."""

    question: Question
    rows: tuple[Row, ...]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "Which frauds were found in the last minutes?",
        "select rule, severity, count(*) as alerts, count(distinct subscriber_token) as subscribers,"
        " max(detection_time) as newest from published.fraud_alerts_recent"
        " where event_time >= current_timestamp - interval '1' day"
        " and detection_time >= current_timestamp - interval '15' minute group by rule, severity order by alerts desc",
    ),
    Question(
        "Which towers are overloaded now?",
        "select tower_id, region, round(load_percent, 1) as load_percent, active_users, last_reading_at, age_seconds,"
        " is_stale from published.tower_load_live where load_percent > 90"
        " order by is_stale, load_percent desc limit 10",
    ),
    Question(
        "Which customers are likely to leave?",
        "select s.customer_id, c.masked_name, p.plan_name, round(s.churn_score, 3) as churn_score"
        " from published.customer_churn_scores s join published.dim_customers c"
        " on c.customer_id = s.customer_id and c.is_current"
        " left join published.dim_plans p on p.plan_id = c.plan_id and p.is_current"
        " order by s.churn_score desc limit 10",
        is_of_scores=True,
    ),
    Question(
        "What was revenue by region in the last complete quarter?",
        "select region, fiscal_quarter_name, call_revenue_usd, total_revenue_usd from published.agg_revenue_by_region"
        " where fiscal_quarter_start = (select max(fiscal_quarter_start) from published.dim_date where"
        " fiscal_quarter_start < (select fiscal_quarter_start from published.dim_date where date_day = current_date))"
        " order by total_revenue_usd desc",
    ),
)


def answer_questions(sql: TrinoSql, questions: Iterable[Question]) -> tuple[Answer, ...]:
    """Ask the questions. Returns the answers in the same order."""
    return tuple(Answer(question, tuple(sql.rows(question.sql))) for question in questions)


def in_order(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Answers in the order of `QUESTIONS`."""
    return tuple(sorted(answers, key=lambda answer: QUESTIONS.index(answer.question)))
