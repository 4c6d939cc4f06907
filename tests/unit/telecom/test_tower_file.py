import pytest

from contracts.tower import Tower
from telecom.batch.tower_file import TowerFileError, read_towers

HEADER = "tower_id,region,city,latitude,longitude,radio_access,capacity_users\n"
OSLO = "A-1,north,Oslo,59.91,10.75,5g,900\n"


def read(text: str) -> tuple[Tower, ...]:
    return read_towers(iter(text.splitlines(keepends=True)))


def problems(text: str) -> str:
    with pytest.raises(TowerFileError) as raised:
        read(text)
    return str(raised.value)


def test_a_line_is_a_tower() -> None:
    (tower,) = read(HEADER + OSLO)
    assert (tower.tower_id, tower.latitude, tower.capacity_users, tower.retired_at) == ("A-1", 59.91, 900, None)


def test_columns_may_come_in_any_order_and_a_tower_may_be_retired() -> None:
    header = "retired_at,capacity_users,radio_access,longitude,latitude,city,region,tower_id\n"
    retired, working = read(
        f"{header}2026-05-01T00:00:00+02:00,900,4g,10.7,59.9,Oslo,north,A-1\n,900,4g,10.7,59.9,Oslo,north,A-2\n"
    )
    assert retired.retired_at is not None
    assert retired.retired_at.isoformat() == "2026-05-01T00:00:00+02:00"
    assert working.retired_at is None


def test_every_wrong_line_is_named_with_its_value() -> None:
    said = problems(HEADER + OSLO + "A-2,north,Oslo,159,10.75,5g,900\nA-3,,Oslo,59,10.75,6g,many\n")
    assert "line 3: latitude is '159'" in said
    assert "line 4: region is empty" in said
    assert "line 4: radio_access is '6g'" in said
    assert "line 4: capacity_users is 'many'" in said
    assert "nothing was imported" in said


def test_a_tower_stands_in_the_file_once() -> None:
    assert "line 3: tower_id A-1 stands in an earlier line already" in problems(HEADER + OSLO + OSLO)


def test_an_unknown_column_is_named_with_the_one_that_was_meant() -> None:
    said = problems(HEADER.replace("capacity_users", "capacity_user") + OSLO)
    assert "column 'capacity_user' is not known; did you mean 'capacity_users'?" in said
    assert "column 'capacity_users' is missing" in said


@pytest.mark.parametrize("line", ["A-1,north\n", OSLO.replace("\n", ",extra\n")])
def test_a_line_has_as_many_fields_as_the_header(line: str) -> None:
    assert "line 2: it has more or fewer fields than the header" in problems(HEADER + line)


@pytest.mark.parametrize("text", ["", HEADER])
def test_a_file_without_towers_is_refused(text: str) -> None:
    assert "failed to read the towers" in problems(text)


def test_a_file_that_is_wrong_everywhere_does_not_fill_the_screen() -> None:
    said = problems(HEADER + "".join(OSLO.replace("A-1", f"A-{number}").replace("59.91", "x") for number in range(50)))
    assert "and 30 more" in said
    assert len(said.splitlines()) < 30
