import datetime as dt

import pytest

from jobs.nightly.publish.history import Action, NothingToRollBackToError, PublicationRecord, rollback_of


def record(run_id: str, action: Action = Action.PUBLISHED) -> PublicationRecord:
    return PublicationRecord(run_id, action, dt.datetime(2026, 11, 1, tzinfo=dt.UTC), None, {"fact_calls": 1})


def test_a_rollback_goes_to_the_publication_before_and_passes_over_refused_runs():
    records = [record("first"), record("second"), record("third", Action.REFUSED)]
    assert rollback_of(records).target.run_id == "first"


def test_two_rollbacks_go_back_two_publications():
    records = [record("first"), record("second"), record("third"), record("second", Action.ROLLED_BACK)]
    assert rollback_of(records).target.run_id == "first"


def test_without_an_earlier_publication_there_is_nothing_to_go_back_to():
    with pytest.raises(NothingToRollBackToError):
        rollback_of([record("first"), record("second", Action.REFUSED)])


def test_tables_that_the_earlier_publication_did_not_have_are_withdrawn():
    grown = PublicationRecord(
        "second", Action.PUBLISHED, dt.datetime(2026, 11, 2, tzinfo=dt.UTC), None, {"fact_calls": 2, "dim_plans": 3}
    )
    assert rollback_of([record("first"), grown]).withdrawn == ["dim_plans"]
