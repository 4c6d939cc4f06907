"""Who may log in to Trino, the file by which it knows their passwords, and how they know that it is Trino."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import bcrypt

from local.state.certificates import ensure_certificates
from local.state.files import write_atomically
from local.state.passwords import password
from local.state.paths import StateDirectory
from local.supervisor.loopback import LOOPBACK

# The least that Trino takes. The passwords are 24 random bytes, which no number of rounds makes harder to guess.
_BCRYPT_COST = 8
# bcrypt's revisions 2b and 2y are one algorithm, but Trino knows only the latter's name.
_PREFIX, _PREFIX_OF_TRINO = "$2b$", "$2y$"


class TrinoUser(StrEnum):
    """A user in manifests/trino/access-rules.json, which says what each of them may do."""

    ANALYST = "analyst"
    STEWARD = "steward"
    TRANSFORMER = "transformer"


@dataclass(frozen=True)
class TrinoCertificates:
    """Files in PEM: the authority that clients trust, and the server's key with its certificate."""

    authority: Path
    server: Path


def trino_folder(state: StateDirectory) -> Path:
    """Where Trino's files are."""
    return state.services / "trino"


def password_file(state: StateDirectory) -> Path:
    """Every user with the hash of the password."""
    return trino_folder(state) / "etc" / "password.db"


def trino_password(state: StateDirectory, user: TrinoUser) -> str:
    """The user's password, generated on first use."""
    return password(state, f"trino-{user}")


def trino_certificates(state: StateDirectory) -> TrinoCertificates:
    """Created once and kept."""
    return TrinoCertificates(
        *ensure_certificates(trino_folder(state) / "certificates", "trino-ca", "trino", addresses=(LOOPBACK,))
    )


def write_password_file(state: StateDirectory) -> None:
    """Let Trino know all users' passwords. A file that has them already stays as it is."""
    file, passwords = password_file(state), {user: trino_password(state, user) for user in TrinoUser}
    if not _has(file, passwords):
        write_atomically(file, "".join(f"{user}:{_hash(word)}\n" for user, word in passwords.items()))


def _has(file: Path, passwords: Mapping[TrinoUser, str]) -> bool:
    lines = file.read_text().splitlines() if file.is_file() else []
    hashes = dict(line.split(":", 1) for line in lines)
    return hashes.keys() == set(passwords) and all(
        bcrypt.checkpw(word.encode(), hashes[user].replace(_PREFIX_OF_TRINO, _PREFIX).encode())
        for user, word in passwords.items()
    )


def _hash(word: str) -> str:
    return bcrypt.hashpw(word.encode(), bcrypt.gensalt(_BCRYPT_COST)).decode().replace(_PREFIX, _PREFIX_OF_TRINO)
