"""Passwords of Trino's users: generated once, kept, and known to Trino as hashes only."""

import stat
from pathlib import Path

import bcrypt
import pytest

from local.services.trino_logins import TrinoUser, password_file, trino_password, write_password_file
from local.state.paths import StateDirectory


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    opened = StateDirectory.open(tmp_path / "state")
    write_password_file(opened)
    return opened


def hashes(state: StateDirectory) -> dict[str, str]:
    return dict(line.split(":") for line in password_file(state).read_text().splitlines())


def test_every_user_has_a_hash_that_trino_can_read(state: StateDirectory) -> None:
    found = hashes(state)
    assert list(found) == list(TrinoUser)
    for user, kept in found.items():
        assert kept.startswith("$2y$")
        assert bcrypt.checkpw(trino_password(state, TrinoUser(user)).encode(), kept.replace("$2y$", "$2b$").encode())


def test_no_user_has_the_password_of_another(state: StateDirectory) -> None:
    assert len({trino_password(state, user) for user in TrinoUser}) == len(TrinoUser)


def test_only_the_owner_can_read_the_hashes(state: StateDirectory) -> None:
    assert stat.S_IMODE(password_file(state).stat().st_mode) == 0o600


def test_a_file_that_knows_all_passwords_stays_as_it_is(state: StateDirectory) -> None:
    before = hashes(state)
    write_password_file(state)
    assert hashes(state) == before


@pytest.mark.parametrize("user", TrinoUser)
def test_a_lost_password_is_replaced(state: StateDirectory, user: TrinoUser) -> None:
    before = hashes(state)
    (state.secrets / f"trino-{user}").unlink()
    write_password_file(state)
    assert hashes(state)[user] != before[user]
