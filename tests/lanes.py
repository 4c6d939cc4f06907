"""Two lanes of tests, side by side (`-n 2 --dist loadgroup`): what shares engines is in one, one after the other."""

from xdist.scheduler import LoadScopeScheduling

LOCAL_CLUSTER = "tests/local/"


class Lanes(LoadScopeScheduling):
    """A lane is a worker: it starts its engines once, and its tests keep their order."""

    def _split_scope(self, nodeid: str) -> str:
        return LOCAL_CLUSTER if nodeid.startswith(LOCAL_CLUSTER) else "the others"
