"""What holds for every test: engines end with their session, however it ends.

This folder is on the import path because of this file, so that tests of several folders can share modules.
"""

import pytest
from leftovers import Leftovers

_leftovers = pytest.StashKey[Leftovers]()


def pytest_collection_finish(session: pytest.Session) -> None:
    if any(item.get_closest_marker("engine") for item in session.items):
        session.config.stash[_leftovers] = Leftovers()


def pytest_unconfigure(config: pytest.Config) -> None:
    if found := config.stash.get(_leftovers, None):
        found.clear()
