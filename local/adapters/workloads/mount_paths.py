"""Paths of a container's mounts, replaced by the folders that stand for them. Pure."""

import re
from collections.abc import Mapping
from pathlib import Path


class MountPaths:
    """Replaces mount paths wherever a path begins: in arguments, variables and settings files."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = {path.rstrip("/"): str(folder) for path, folder in folders.items()}
        longest_first = sorted(map(re.escape, self._folders), key=len, reverse=True)
        # Not inside a longer path or name: /tmp is not replaced in /var/tmp or /tmpfiles.
        self._pattern = re.compile(rf"(?<![\w./-])({'|'.join(longest_first)})(?![\w.-])") if longest_first else None

    def replace(self, text: str) -> str:
        """The text with every mount path replaced once."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self._folders[match.group(1)], text)

    def folder(self, mount_path: str) -> Path | None:
        """Folder that stands for a mount path."""
        found = self._folders.get(mount_path.rstrip("/"))
        return Path(found) if found else None
