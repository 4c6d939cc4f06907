"""Random passwords, generated once and kept in the state directory."""

import secrets

from local.state.files import write_atomically
from local.state.paths import StateDirectory


def password(state: StateDirectory, name: str) -> str:
    """Password of that name, generated on first use; only the owner can read its file."""
    file = state.secrets / name
    if not file.is_file():
        # Two calls cannot collide, because only one process at a time drives a state directory.
        write_atomically(file, secrets.token_urlsafe(24))
    return file.read_text()
