"""State of a child that the cluster did not accept."""

from operators.telecom_pipeline.children.child_state import ChildState, State
from operators.telecom_pipeline.objects.cluster import ClusterError, KindMissingError

APPLY_FAILED = "ApplyFailed"
CRD_MISSING = "CRDMissing"


def refusal(error: ClusterError) -> ChildState:
    """Waiting if the kind is not served, because it comes with the operator that owns it; a failure otherwise."""
    if isinstance(error, KindMissingError):
        return ChildState(State.WAITING, CRD_MISSING, str(error))
    return ChildState(State.FAILED, APPLY_FAILED, str(error))
