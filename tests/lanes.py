"""Two lanes of tests, side by side (`-n 2 --dist loadgroup`): what shares engines is in one, one after the other."""

from collections.abc import Iterable

import pytest
from xdist.scheduler import LoadScopeScheduling

LOCAL_CLUSTER = "tests/local/"
THE_OTHERS = "the others"


def lane_of(nodeid: str) -> str:
    """The lane in which a test runs."""
    return LOCAL_CLUSTER if nodeid.startswith(LOCAL_CLUSTER) else THE_OTHERS


def require_both(nodeids: Iterable[str]) -> None:
    """Raise `pytest.UsageError` if a lane has nothing to run, as after a folder was renamed."""
    if missing := {LOCAL_CLUSTER, THE_OTHERS} - set(map(lane_of, nodeids)):
        raise pytest.UsageError(f"no test for the lane of {' and '.join(sorted(missing))}: see tests/lanes.py")


class Lanes(LoadScopeScheduling):
    """A lane is a worker: it starts its engines once, and its tests keep their order."""

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)
