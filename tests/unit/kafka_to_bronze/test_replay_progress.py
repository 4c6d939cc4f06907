"""Each dead letter is replayed once, also when replays go reason by reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.dead_letters import DeadLetterReason
from jobs.kafka_to_bronze.tools.fixes import UnknownFixError, find_fix
from jobs.kafka_to_bronze.tools.replay_progress import ReplayProgress

REASONS = [reason.value for reason in DeadLetterReason]


@given(
    letters=st.lists(st.sampled_from(REASONS), max_size=30),
    runs=st.lists(st.tuples(st.one_of(st.none(), st.sampled_from(REASONS)), st.integers(0, 30)), max_size=6),
)
def test_no_dead_letter_is_replayed_twice_and_none_in_scope_is_left(
    letters: list[str], runs: list[tuple[str | None, int]]
) -> None:
    progress = ReplayProgress()
    replayed: list[int] = []
    for scope, length in runs:
        end = min(length, len(letters))
        due = [i for i in range(end) if scope in (None, letters[i]) and progress.is_due(letters[i], i)]
        replayed += due
        progress = ReplayProgress.decode(*progress.after(None if scope is None else [scope], end).encode())
        assert all(i in replayed for i in range(end) if scope in (None, letters[i]))

    assert len(replayed) == len(set(replayed))


def test_a_group_without_an_offset_has_replayed_nothing() -> None:
    assert ReplayProgress.decode(-1001, None).is_due("empty", 0)


def test_fixes_are_found_by_name() -> None:
    assert find_fix("trim")(b"\xef\xbb\xbf {} \n") == b"{}"
    assert find_fix("trim")(b" \n") is None
    assert find_fix("as-is")(b" {") == b" {"
    assert find_fix("builtins:bytes")(b"x") == b"x"


@pytest.mark.parametrize("name", ["nonsense", "no.such.module:f", "os:no_such_function"])
def test_an_unknown_fix_is_an_error_that_names_the_others(name: str) -> None:
    with pytest.raises(UnknownFixError, match="as-is, trim"):
        find_fix(name)
