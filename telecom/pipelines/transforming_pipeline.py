"""Which pipeline a verb about batch jobs means."""

from local.cluster.object_store import SqliteCluster
from local.cluster.reconcile_pipelines import pipelines_with, valid_pipeline
from local.errors import LocalError
from operators.telecom_pipeline.pipeline.pipeline import Pipeline


class PipelineChoiceError(LocalError):
    """No pipeline, or more than one, fits what was asked for, or the one that does is invalid."""


def transforming_pipeline(store: SqliteCluster, name: str | None) -> Pipeline:
    """The pipeline of that name, or the only one with `spec.transform`. Raises `PipelineChoiceError`."""
    found = pipelines_with(store, "transform")
    wanted = [ref for ref in found if name in (None, ref.name)]
    if len(wanted) != 1:
        known = ", ".join(ref.name for ref in found) or "none"
        next_step = "name one with --pipeline" if found else "telecom up"
        raise PipelineChoiceError("run a batch job", f"pipelines with spec.transform: {known}", next_step)
    pipeline = valid_pipeline(store, wanted[0])
    if pipeline is None:
        raise PipelineChoiceError("run a batch job", f"{wanted[0]} is invalid", "telecom status")
    return pipeline
