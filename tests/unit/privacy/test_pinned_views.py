from jobs.privacy.erase import pinned_to


def test_a_view_shows_another_snapshot_and_is_otherwise_as_dbt_made_it():
    made = "SELECT *\nFROM\n  iceberg.bronze.call_events FOR VERSION AS OF 12\nWHERE (duration_seconds > 12)\n"
    assert pinned_to(made, 34) == made.replace("FOR VERSION AS OF 12", "for version as of 34")


def test_a_view_that_names_no_snapshot_stays_as_it_is():
    made = "SELECT * FROM iceberg.bronze.call_events"
    assert pinned_to(made, 34) == made
