"""Questions that the demo asks the lake of a pipeline without batch jobs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question in words, and the statement that answers it."""

    words: str
    sql: str


QUESTIONS = (
    Question(
        "How many calls ended how, and what did they earn?",
        """
        SELECT termination_cause, count(*) AS calls, round(avg(duration_seconds)) AS mean_seconds,
               sum(revenue_usd) AS revenue_usd
        FROM bronze.call_events GROUP BY 1 ORDER BY calls DESC LIMIT 5
        """,
    ),
    Question(
        "Which towers are overloaded now?",
        """
        SELECT tower_id, max_by(region, event_time) AS region, max_by(load_percent, event_time) AS load_percent,
               max_by(active_users, event_time) AS active_users,
               date_diff('second', max(event_time), current_timestamp) AS age_seconds
        FROM bronze.network_probe_events
        WHERE event_time BETWEEN current_timestamp - INTERVAL '1' DAY AND current_timestamp + INTERVAL '1' MINUTE
        GROUP BY 1 ORDER BY load_percent DESC LIMIT 5
        """,
    ),
    Question(
        "Which access technology carries the traffic?",
        """
        SELECT radio_access, count(*) AS sessions, round(sum(bytes_down) / 1e9, 1) AS gigabytes_down
        FROM bronze.data_session_events GROUP BY 1 ORDER BY gigabytes_down DESC LIMIT 5
        """,
    ),
)
