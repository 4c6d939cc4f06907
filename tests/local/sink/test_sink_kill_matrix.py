"""Nothing is lost and nothing is doubled, whichever process is killed and wherever the sink was."""

import pytest
from sink_engines import wait_until
from sink_events import call_values, size_of
from sink_lab import PARTITIONS, SinkLab

pytestmark = pytest.mark.engine

EVENTS = 20_000
BAD_RECORDS = [b"{broken", b"", None, b"[]"]


@pytest.mark.parametrize(
    "place",
    ["after_poll:2", "after_file_write:2", "after_dead_letters", "after_commit:2", "before_acknowledge:2"],
)
def test_sink_killed_at(place: str, lab: SinkLab) -> None:
    lab.produce(call_values(EVENTS) + BAD_RECORDS)
    sink = lab.start_sink(fail_point=place)
    lab.produce(call_values(EVENTS) + BAD_RECORDS)
    wait_until(lambda: lab.table_ends() != {} or sink.process.poll() is not None, "the first commit")
    lab.produce(call_values(2_000))

    assert sink.wait() == -9
    lab.start_sink()
    lab.wait_until_committed()

    lab.assert_exactly_once(refused=2 * len(BAD_RECORDS))


@pytest.mark.parametrize("engine", ["kafka", "postgres", "minio"])
def test_engine_killed_during_a_run(engine: str, lab: SinkLab) -> None:
    lab.produce(call_values(EVENTS))
    sink = lab.start_sink()
    wait_until(lambda: lab.table_ends() != {}, "the first commit")
    lab.produce(call_values(EVENTS))

    lab.engines.kill(engine)
    lab.produce(call_values(EVENTS))
    lab.wait_until_committed()

    assert sink.process.poll() is None, "the sink must outlive the engines it depends on"
    lab.assert_exactly_once()


def test_two_sinks_share_a_table_and_one_is_killed(lab: SinkLab) -> None:
    first, second = lab.start_sink(), lab.start_sink()
    lab.produce(call_values(EVENTS))
    wait_until(lambda: first.has_logged("assigned") and second.has_logged("assigned"), "both have partitions")
    lab.produce(call_values(EVENTS))
    lab.wait_until_committed()
    lab.produce(call_values(EVENTS))
    first.kill()
    lab.wait_until_committed()

    lab.assert_exactly_once()


def test_a_partition_is_told_about_by_its_owner_only(lab: SinkLab) -> None:
    lab.produce(call_values(EVENTS))
    first = lab.start_sink()
    wait_until(
        lambda: first.partitions_with_lag() == set(range(PARTITIONS)), "the only sink tells about all partitions"
    )
    sinks = [first, *(lab.start_sink() for _ in range(PARTITIONS - 1))]

    def is_shared() -> bool:
        told = [partition for sink in sinks for partition in sink.partitions_with_lag()]
        return len(first.partitions_with_lag()) == 1 and sorted(told) == list(range(PARTITIONS))

    wait_until(is_shared, "each sink tells about its own partition and no other")


def test_snapshots_expire_between_runs(lab: SinkLab) -> None:
    lab.produce(call_values(EVENTS))
    sink = lab.start_sink()
    lab.wait_until_committed()
    lab.produce(call_values(EVENTS))
    lab.wait_until_committed()
    sink.kill()
    table = lab.table()
    old = [snapshot.snapshot_id for snapshot in table.snapshots()[:-1]]
    table.maintenance.expire_snapshots().by_ids(old).commit()

    lab.produce(call_values(EVENTS))
    lab.start_sink()
    lab.wait_until_committed()

    assert old
    lab.assert_exactly_once()


def test_sigterm_commits_what_is_held_and_leaves_the_group(lab: SinkLab) -> None:
    lab.commit_interval_seconds = 3600.0
    lab.commit_bytes = 1_000_000_000
    sink = lab.start_sink()
    wait_until(lambda: sink.has_logged("assigned"), "the sink has its partitions")
    values = call_values(EVENTS)
    lab.produce(values)
    wait_until(lambda: sink.buffered_bytes() == size_of(values), "everything is read")

    assert lab.table_ends() == {}
    assert sink.terminate() == 0
    lab.wait_until_committed(seconds=5)
    lab.assert_exactly_once()
