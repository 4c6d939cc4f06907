"""State of a child that the cluster did not take."""

from operators.telecom_pipeline.cluster import ClusterError, KindMissingError
from operators.telecom_pipeline.status.child_state import ChildState, State

APPLY_FAILED = "ApplyFailed"
CRD_MISSING = "CRDMissing"


def refusal(error: ClusterError) -> ChildState:
    """A kind that is not served is waited for: it comes with the operator that owns it. All else is a failure."""
    if isinstance(error, KindMissingError):
        return ChildState(State.WAITING, CRD_MISSING, str(error))
    return ChildState(State.FAILED, APPLY_FAILED, str(error))
