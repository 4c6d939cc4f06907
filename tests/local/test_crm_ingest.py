"""The CRM extract against real PostgreSQL and Iceberg: nothing skipped, nothing twice, deletions noticed.

After each run every bronze table is compared with the source, value by value.
"""

import datetime as dt
import random

import pytest
from crm_extract import START, Extract

pytestmark = pytest.mark.engine
MINUTE = dt.timedelta(minutes=1)


def customer(number: int) -> str:
    return f"CUST-{number:08d}"


def test_the_first_run_copies_every_row_and_a_rerun_commits_nothing(whole_extract: Extract) -> None:
    whole_extract.assert_bronze_is_the_source()
    assert len(whole_extract.log("crm_customers")) == 40
    before = whole_extract.snapshots()
    assert {done.changed + done.deleted for done in whole_extract.run().values()} == {0}
    assert whole_extract.snapshots() == before


def test_a_transaction_that_was_open_for_hours_is_not_skipped(extract: Extract) -> None:
    """It stamps its row a day before another one, is invisible to the read, and commits behind it."""
    slow = extract.connect()
    with slow.cursor() as cursor:
        cursor.execute(
            "update crm.customers set city = 'Slowville', updated_at = '2026-11-03 10:00:00+00'"
            f" where customer_id = '{customer(1)}'"
        )
    extract.change(
        "update crm.customers set city = 'Fastville', updated_at = '2026-11-04 10:00:01+00'"
        f" where customer_id = '{customer(2)}'"
    )
    first = extract.run()["crm_customers"]
    slow.commit()
    slow.close()
    second = extract.run()["crm_customers"]
    assert (first.changed, second.changed) == (1, 1)
    cities = [row["city"] for row in extract.log("crm_customers")]
    assert (cities.count("Slowville"), cities.count("Fastville")) == (1, 1)


def test_rows_with_the_same_stamp_are_read_once_each(extract: Extract) -> None:
    for number in (3, 4):
        extract.change(
            f"update crm.customers set updated_at = '2026-11-04 11:00:00+00' where customer_id = '{customer(number)}'"
        )
        assert extract.run()["crm_customers"].changed == 1


def test_a_stamp_of_the_future_hides_no_later_row(extract: Extract) -> None:
    stamp = "update crm.customers set city = '{}', updated_at = '{}' where customer_id = '{}'"
    extract.change(stamp.format("Futureville", "2099-01-01 00:00:00+00", customer(1)))
    extract.run()
    extract.change(stamp.format("Nowville", "2026-11-04 00:01:30+00", customer(2)))
    assert extract.run()["crm_customers"].changed == 1
    extract.change(stamp.format("Corrected", "2026-11-04 00:02:30+00", customer(1)))
    assert extract.run()["crm_customers"].changed == 1
    _, future, corrected = extract.entries("crm_customers", customer(1))
    assert (future["updated_at"].year, future["_effective_at"]) == (2099, START + MINUTE)
    assert corrected["_effective_at"] == START + 2.5 * MINUTE


def test_a_row_dated_before_the_version_that_bronze_has_holds_from_the_run_on(extract: Extract) -> None:
    extract.change(
        "update crm.customers set city = 'Backville', updated_at = '2001-01-01 00:00:00+00'"
        f" where customer_id = '{customer(1)}'"
    )
    assert extract.run()["crm_customers"].changed == 1
    assert extract.entries("crm_customers", customer(1))[-1]["_effective_at"] == START + MINUTE


def test_a_change_that_leaves_the_stamp_as_it_was_arrives(extract: Extract) -> None:
    extract.change(f"update crm.customers set city = 'Quietville' where customer_id = '{customer(1)}'")
    assert extract.run()["crm_customers"].changed == 1


def test_a_hard_delete_becomes_one_tombstone_per_row(whole_extract: Extract) -> None:
    whole_extract.change(f"delete from crm.customers where customer_id = '{customer(5)}'")
    done = whole_extract.run()
    assert (done["crm_customers"].deleted, done["crm_accounts"].deleted, done["crm_consents"].deleted) == (1, 1, 2)
    assert whole_extract.run()["crm_customers"].deleted == 0
    (tombstone,) = [row for row in whole_extract.log("crm_customers") if row["_source_deleted"]]
    assert (tombstone["customer_id"], tombstone["full_name"], tombstone["msisdn"]) == (customer(5), None, None)
    assert tombstone["_effective_at"] == START + MINUTE


def test_a_deleted_row_that_is_restored_as_it_was_lives_again(extract: Extract) -> None:
    extract.change(
        f"create table kept as select * from crm.customers where customer_id = '{customer(5)}'",
        f"delete from crm.customers where customer_id = '{customer(5)}'",
    )
    extract.run()
    extract.change("insert into crm.customers select * from kept")
    assert extract.run()["crm_customers"].changed == 1
    first, tombstone, restored = extract.entries("crm_customers", customer(5))
    assert restored["updated_at"] == first["updated_at"]
    assert restored["_row_digest"] == first["_row_digest"]
    assert first["_effective_at"] < tombstone["_effective_at"] < restored["_effective_at"] == START + 2 * MINUTE


def test_a_key_reused_between_two_runs_is_a_new_version(extract: Extract) -> None:
    extract.change(
        f"create table kept as select * from crm.customers where customer_id = '{customer(6)}'",
        f"delete from crm.customers where customer_id = '{customer(6)}'",
        "update kept set full_name = 'Somebody Else', updated_at = '2026-11-04 00:00:30+00'",
        "insert into crm.customers select * from kept",
    )
    done = extract.run()["crm_customers"]
    assert (done.changed, done.deleted) == (1, 0)
    assert extract.entries("crm_customers", customer(6))[-1]["full_name"] == "Somebody Else"


def test_a_row_without_a_stamp_arrives_and_so_does_its_next_change(extract: Extract) -> None:
    extract.change(
        "alter table crm.customers alter column updated_at drop not null",
        f"update crm.customers set updated_at = null, city = 'Nullville' where customer_id = '{customer(7)}'",
    )
    assert extract.run()["crm_customers"].changed == 1
    extract.change(f"update crm.customers set city = 'Nulltown' where customer_id = '{customer(7)}'")
    assert extract.run()["crm_customers"].changed == 1
    newest = extract.entries("crm_customers", customer(7))[-1]
    assert (newest["city"], newest["updated_at"], newest["_effective_at"]) == ("Nulltown", None, START + 2 * MINUTE)


def test_a_clock_that_was_set_back_hides_nothing(extract: Extract) -> None:
    extract.run(at=START + dt.timedelta(days=3))
    update = "update crm.customers set city = '{}' where customer_id = '{}'"
    extract.change(update.format("Before", customer(8)))
    extract.run(at=START + dt.timedelta(days=2))
    extract.change(update.format("After", customer(8)))
    assert extract.run(at=START - dt.timedelta(days=2))["crm_customers"].changed == 1
    extract.assert_bronze_is_the_source()
    times = [row["_effective_at"] for row in extract.entries("crm_customers", customer(8))]
    assert times == sorted(set(times))


def test_a_source_whose_clock_is_ahead_is_read_all_the_same(extract: Extract) -> None:
    ahead = "update crm.customers set city = '{}', updated_at = '2026-11-04 02:00:00+00' where customer_id = '{}'"
    extract.change(ahead.format("Ahead", customer(9)))
    assert extract.run()["crm_customers"].changed == 1
    extract.change(ahead.format("Ahead again", customer(9)))
    assert extract.run()["crm_customers"].changed == 1
    assert extract.entries("crm_customers", customer(9))[-1]["_effective_at"] == START + 2 * MINUTE


def test_values_survive_the_copy_as_they_are(extract: Extract) -> None:
    extract.change(
        "update crm.customers set updated_at = '2026-11-04 12:00:00+00', city = '',"
        f" full_name = E'O\\'Neil, \"Ann\"\\nÅström' where customer_id = '{customer(6)}'"
    )
    extract.run()
    (row,) = [row for row in extract.log("crm_customers") if row["_batch_id"] == "1"]
    assert (row["full_name"], row["city"]) == ('O\'Neil, "Ann"\nÅström', "")
    assert row["updated_at"] == dt.datetime(2026, 11, 4, 12, tzinfo=dt.UTC)


def test_a_stamp_at_infinity_is_read_as_none(extract: Extract) -> None:
    extract.change(f"update crm.customers set updated_at = 'infinity' where customer_id = '{customer(6)}'")
    assert extract.run()["crm_customers"].changed == 1
    assert extract.run()["crm_customers"].changed == 0
    assert extract.entries("crm_customers", customer(6))[-1]["updated_at"] is None
    extract.change(f"update crm.customers set updated_at = now() where customer_id = '{customer(6)}'")


def test_whatever_happens_between_runs_bronze_agrees_with_the_source(extract: Extract) -> None:
    dice = random.Random(20261104)
    extract.change("create table kept as select * from crm.customers")
    stamps = ("'2099-01-01'", "'1999-01-01'", "'2026-11-04 00:02:00+00'", "updated_at", "now()")
    for _ in range(3):
        for _ in range(15):
            who = customer(dice.randrange(12))
            extract.change(
                dice.choice(
                    (
                        f"delete from crm.customers where customer_id = '{who}'",
                        f"insert into crm.customers select * from kept where customer_id = '{who}'"
                        " on conflict do nothing",
                        f"update crm.customers set city = 'City {dice.random()}', updated_at = {dice.choice(stamps)}"
                        f" where customer_id = '{who}'",
                        f"update crm.customers set city = kept.city, updated_at = kept.updated_at from kept"
                        f" where kept.customer_id = customers.customer_id and kept.customer_id = '{who}'",
                    )
                )
            )
        extract.run()
        extract.assert_bronze_is_the_source()
        log = extract.log("crm_customers")
        for number in range(12):
            entries = [row for row in log if row["customer_id"] == customer(number)]
            entries.sort(key=lambda row: row["_bronze_ingested_at"])
            times = [row["_effective_at"] for row in entries]
            assert times == sorted(set(times))
