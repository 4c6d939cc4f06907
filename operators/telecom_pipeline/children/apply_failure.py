"""State of a child that the cluster did not take."""

from operators.telecom_pipeline.children.child_state import ChildState, State
from operators.telecom_pipeline.objects.cluster import ClusterError, KindMissingError

APPLY_FAILED = "ApplyFailed"
CRD_MISSING = "CRDMissing"


def refusal(error: ClusterError) -> ChildState:
    """A kind that is not served is waited for: it comes with the operator that owns it. All else is a failure."""
    if isinstance(error, KindMissingError):
        return ChildState(State.WAITING, CRD_MISSING, str(error))
    return ChildState(State.FAILED, APPLY_FAILED, str(error))
