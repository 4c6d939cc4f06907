"""Runs a server that refuses to be root as the user `nobody`, in folders that this user can reach."""

import hashlib
import os
import pwd
import shutil
from pathlib import Path

from local.errors import LocalError

_USER = "nobody"
_REACHABLE_ROOT = Path("/var/tmp")  # noqa: S108 (a folder of our own below it, made with mkdir and owned by us)


class UnprivilegedError(LocalError):
    """Root cannot run the server as another user."""


def is_root() -> bool:
    """Whether we run as root, so that such a server needs another user."""
    return os.geteuid() == 0


def as_nobody(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command, run as `nobody` if we are root, otherwise unchanged. Raises `UnprivilegedError`."""
    if not is_root():
        return argv
    if shutil.which("setpriv") is None:
        raise UnprivilegedError("run a server as nobody", "`setpriv` is missing", "install util-linux")
    account = pwd.getpwnam(_USER)
    return ("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *argv)


def give_to_nobody(folder: Path) -> None:
    """Make a folder belong to `nobody` alone when we are root."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if is_root():
        account = pwd.getpwnam(_USER)
        os.chown(folder, account.pw_uid, account.pw_gid)


def reachable(folder: Path) -> Path:
    """The folder itself if `nobody` can reach it, otherwise one of our own in a public place, always the same."""
    if not is_root() or _everyone_can_enter(folder):
        return folder
    moved = _public_place_of(folder)
    moved.mkdir(mode=0o711, exist_ok=True)
    if moved.stat().st_uid != os.geteuid():
        raise UnprivilegedError(f"use {moved}", "it belongs to another user", f"rm -r {moved}")
    moved.chmod(0o711)
    return moved


def moved_folder(folder: Path) -> Path | None:
    """Public place that `reachable` made for the folder, if it made one."""
    moved = _public_place_of(folder)
    return moved if moved.is_dir() else None


def _public_place_of(folder: Path) -> Path:
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return _REACHABLE_ROOT / f"telecom-lakehouse-{name}"


def readable_copy(folder: Path, copy: Path) -> Path:
    """The folder itself if `nobody` can read it, otherwise a copy of it at `copy`."""
    if not is_root() or _everyone_can_enter(folder):
        return folder
    if not copy.exists():
        draft = copy.with_name(copy.name + ".draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(folder, draft, symlinks=True)
        copy.parent.chmod(0o711)
        draft.rename(copy)
    return copy


def _everyone_can_enter(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in (*folder.resolve().parents, folder.resolve()) if path.exists())
