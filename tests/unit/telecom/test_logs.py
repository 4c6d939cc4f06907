from pathlib import Path

import pytest

from local.state.paths import StateDirectory
from telecom.pipelines.logs import NoSuchLogError, last_lines, log_files


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    state = StateDirectory.open(tmp_path)
    for component in ("demo-cdr-producer-0", "demo-kafka-to-bronze-0", "kafka"):
        state.log_file(component).write_text("one\ntwo\nthree\n")
    return state


def test_a_component_is_found_by_a_part_of_its_name(state: StateDirectory) -> None:
    assert [file.stem for file in log_files(state, "cdr-producer")] == ["demo-cdr-producer-0"]


def test_an_exact_name_wins_over_others_that_contain_it(state: StateDirectory) -> None:
    assert [file.stem for file in log_files(state, "kafka")] == ["kafka"]


def test_an_unknown_component_is_refused_with_what_there_is(state: StateDirectory) -> None:
    with pytest.raises(NoSuchLogError, match="there are: demo-cdr-producer-0, demo-kafka-to-bronze-0, kafka"):
        log_files(state, "spark")


def test_only_the_last_lines_are_shown(state: StateDirectory) -> None:
    assert last_lines(state.log_file("kafka"), 2) == ["two", "three"]
    assert last_lines(state.log_file("kafka"), 0) == []
