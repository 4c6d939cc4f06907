"""A run as gates see it, for tests."""

import datetime as dt

from jobs.nightly.audited_run import AuditedRun

RUN = AuditedRun(
    run_id="run",
    run_date=dt.date(2026, 11, 20),
    window_start=dt.date(2026, 11, 17),
    days=(dt.date(2026, 11, 19), dt.date(2026, 11, 20), dt.date(2026, 10, 2)),
    now=dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC),
    inputs={("bronze", "call_events"): 11},
    outputs={("gold", "fact_calls"): 22},
)
