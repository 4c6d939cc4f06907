"""Puts a spec with which a pipeline was ready back into its resource."""

from collections.abc import Mapping, Sequence
from typing import Any

from local.errors import LocalError
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.reconcile.observe import revisions
from operators.telecom_pipeline.upgrade.revisions import Revision, spec_digest, with_switches


class RollbackError(LocalError):
    """There is no revision to go back to."""


def roll_back(cluster: KubeCluster, resource: Manifest, to_revision: int) -> Revision:
    """Replace the spec by that of a revision, the one before if `to_revision` is 0. Returns the revision.

    The switches (paused, mode, desiredState, deletionPolicy) stay as they are. Raises `RollbackError`.
    """
    ref, spec = ref_of(resource), resource["spec"]
    goal = choose_revision(revisions(cluster, ref.name, ref.namespace), spec, to_revision)
    cluster.merge(ref, {"spec": replacement(spec, with_switches(goal.spec, spec))})
    return goal


def choose_revision(revisions: Sequence[Revision], spec: Mapping[str, Any], wanted: int) -> Revision:
    """The revision with the number `wanted`; with 0, the newest one whose spec differs from `spec`.

    Raises `RollbackError` that names the revisions that exist.
    """
    others = [each for each in revisions if each.number == wanted or (not wanted and each.digest != spec_digest(spec))]
    if others:
        return others[-1]
    known = ", ".join(str(each.number) for each in revisions) or "none"
    what = f"revision {wanted}" if wanted else "a revision that differs from the present spec"
    raise RollbackError(f"find {what}", f"the pipeline was ready with these: {known}", "telecom kube rollback --help")


def replacement(before: Any, after: Any) -> Any:
    """JSON merge patch that turns `before` into `after`: what `after` lacks is removed."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    gone = {key: None for key in before if key not in after}
    return gone | {key: replacement(before.get(key), value) for key, value in after.items()}
