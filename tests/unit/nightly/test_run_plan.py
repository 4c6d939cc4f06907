"""What a run tells dbt, and what it may note of itself when it was accepted."""

import datetime as dt
from dataclasses import replace

from contracts.calendar import Calendar
from jobs.nightly.judged_days import judged_days
from jobs.nightly.nightly_run import dbt_variables
from jobs.nightly.run_plan import DayRange, RunPlan
from jobs.nightly.run_window import RunWindow

ARRIVAL = dt.datetime(2026, 11, 20, 2, 30, 0, 7, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 20, 2, 40, tzinfo=dt.UTC)
DAYS = DayRange(dt.date(2026, 11, 1), dt.date(2026, 11, 3))
BACKFILL = RunPlan(
    run_date=dt.date(2026, 11, 20),
    now=NOW,
    build_digest="digest",
    inputs={("bronze", "call_events"): 5},
    window=RunWindow(dt.date(2026, 11, 17), ARRIVAL, is_silver_current=True),
    days=DAYS.days,
    gold_days=(*DAYS.days, dt.date(2026, 11, 9)),
    gold_months=(dt.date(2026, 9, 1),),
    backfill=DAYS,
    bronze_days={"call_events": {dt.date(2026, 11, 1): 9}},
    rows_left_behind={},
)
OUTPUTS = {("silver", "silver_calls"): 6, ("gold", "fact_calls"): 7}


def test_a_run_pins_its_inputs_and_a_backfill_names_its_days():
    variables = dbt_variables(BACKFILL)
    assert variables["touched_days"] == ["2026-11-01", "2026-11-02"]
    assert variables["gold_days"] == ["2026-11-01", "2026-11-02", "2026-11-09"]
    assert variables["gold_months"] == ["2026-09-01"]
    assert variables["bronze_snapshots"] == {"call_events": 5}
    assert (variables["backfill_from"], variables["backfill_until"]) == ("2026-11-01", "2026-11-03")
    assert (variables["window_start"], variables["new_since"]) == ("2026-11-17", "2026-11-20 02:30:00.000007")


def test_a_run_that_does_not_know_what_silver_has_makes_whole_days():
    plan = replace(BACKFILL, window=RunWindow(dt.date(2026, 11, 17), ARRIVAL, is_silver_current=False))
    assert dbt_variables(plan)["new_since"] == ""


def test_an_accepted_run_notes_what_silver_has_and_a_backfill_does_not():
    judged = judged_days(BACKFILL.run_date, None, NOW, Calendar())
    assert BACKFILL.build(OUTPUTS, judged) is None
    noted = replace(BACKFILL, backfill=None).build(OUTPUTS, judged)
    assert noted is not None
    assert (noted.inputs, noted.outputs) == (BACKFILL.inputs, {("silver", "silver_calls"): 6})
    assert (noted.pinned_at, noted.bronze_days) == (NOW, BACKFILL.bronze_days)
    assert noted.judged_until == NOW.replace(minute=0)
