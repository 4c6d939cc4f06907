"""Which revision a rollback by hand goes to, and the change of the resource that brings it back. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from local.errors import LocalError
from operators.telecom_pipeline.upgrade.revisions import Revision, spec_digest


class RollbackError(LocalError):
    """There is no revision to go back to."""


def choose_revision(revisions: Sequence[Revision], spec: Mapping[str, Any], wanted: int) -> Revision:
    """The revision with the number `wanted`; with 0 the newest whose spec is another than `spec`.

    Raises `RollbackError` that names the revisions there are.
    """
    others = [each for each in revisions if each.number == wanted or (not wanted and each.digest != spec_digest(spec))]
    if others:
        return others[-1]
    known = ", ".join(str(each.number) for each in revisions) or "none"
    what = f"revision {wanted}" if wanted else "a revision other than the spec that is there"
    raise RollbackError(f"find {what}", f"the pipeline was ready with these: {known}", "telecom kube rollback --help")


def replacement(before: Any, after: Any) -> Any:
    """JSON merge patch that makes `before` into `after`: what `after` lacks is removed."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    gone = {key: None for key in before if key not in after}
    return gone | {key: replacement(before.get(key), value) for key, value in after.items()}
