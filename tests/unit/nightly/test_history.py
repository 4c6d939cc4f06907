import datetime as dt

import pytest

from jobs.nightly.nightly_run import DayRange, dbt_variables
from jobs.nightly.publish.history import Action, NothingToRollBackToError, PublicationRecord, rollback_target
from jobs.nightly.run_window import RunWindow


def record(run_id: str, action: Action = Action.PUBLISHED) -> PublicationRecord:
    return PublicationRecord(run_id, action, dt.datetime(2026, 11, 1, tzinfo=dt.UTC), None, {"fact_calls": 1})


def test_a_rollback_goes_to_the_publication_before_and_passes_over_refused_runs():
    records = [record("first"), record("second"), record("third", Action.REFUSED)]
    assert rollback_target(records).run_id == "first"


def test_two_rollbacks_go_back_two_publications():
    records = [record("first"), record("second"), record("third"), record("second", Action.ROLLED_BACK)]
    assert rollback_target(records).run_id == "first"


def test_without_an_earlier_publication_there_is_nothing_to_go_back_to():
    with pytest.raises(NothingToRollBackToError):
        rollback_target([record("first"), record("second", Action.REFUSED)])


def test_a_run_pins_its_inputs_and_a_backfill_names_its_days():
    days = DayRange(dt.date(2026, 11, 1), dt.date(2026, 11, 3))
    window = RunWindow(dt.date(2026, 11, 17), dt.datetime(2026, 11, 20, 2, 30, 0, 7, tzinfo=dt.UTC))
    inputs = {("bronze", "call_events"): 5}
    variables = dbt_variables(dt.date(2026, 11, 20), window, inputs, days.days, days, "digest")
    assert variables["touched_days"] == ["2026-11-01", "2026-11-02"]
    assert variables["bronze_snapshots"] == {"call_events": 5}
    assert (variables["backfill_from"], variables["backfill_until"]) == ("2026-11-01", "2026-11-03")
    assert (variables["window_start"], variables["new_since"]) == ("2026-11-17", "2026-11-20 02:30:00.000007")


def test_a_run_that_does_not_know_what_silver_has_makes_whole_days():
    window = RunWindow(dt.date(2026, 11, 17), None)
    assert dbt_variables(dt.date(2026, 11, 20), window, {}, (), None, "digest")["new_since"] == ""
