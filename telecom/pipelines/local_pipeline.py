"""Which pipeline of this machine a verb means."""

from dataclasses import dataclass

from local.cluster.object_store import SqliteCluster
from local.cluster.reconcile_pipelines import pipelines_with, valid_pipeline
from local.errors import LocalError
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline


class PipelineChoiceError(LocalError):
    """No pipeline fits what was asked for, more than one does, or the one that does is invalid."""


@dataclass(frozen=True)
class LocalPipeline:
    """A valid pipeline, with the state directory and the object store in which it lives."""

    state: StateDirectory
    store: SqliteCluster
    pipeline: Pipeline


@dataclass(frozen=True)
class _Section:
    """A section of the spec that a verb depends on, and what to do where the choice is open or there is none."""

    name: str
    how_to_choose: str
    how_to_start: str


_TRANSFORM = _Section("transform", "name one with --pipeline", "telecom up --file manifests/samples/demo.yaml")
_FRAUD_DETECTION = _Section("fraudDetection", "telecom alerts NAME", "telecom up --file manifests/samples/fraud.yaml")


def transforming_pipeline(state: StateDirectory, name: str | None, tried: str) -> LocalPipeline:
    """The pipeline of that name, or the only one with `spec.transform`.

    Raises `PipelineChoiceError`, which says what was `tried`, such as `erase a person`.
    """
    store = SqliteCluster(state.store)
    ref = _choose(store, _TRANSFORM, name, tried)
    pipeline = valid_pipeline(store, ref)
    if pipeline is None:
        raise PipelineChoiceError(tried, f"{ref} is invalid", state.command("status"))
    return LocalPipeline(state, store, pipeline)


def detecting_pipeline(store: SqliteCluster, name: str | None, tried: str) -> Ref:
    """The pipeline of that name, or the only one with `spec.fraudDetection`.

    Raises `PipelineChoiceError`, which says what was `tried`, such as `show alerts`.
    """
    return _choose(store, _FRAUD_DETECTION, name, tried)


def _choose(store: SqliteCluster, section: _Section, name: str | None, tried: str) -> Ref:
    found = pipelines_with(store, section.name)
    wanted = [ref for ref in found if name in (None, ref.name)]
    if len(wanted) == 1:
        return wanted[0]
    known = ", ".join(ref.name for ref in found) or "none"
    next_step = section.how_to_choose if found else section.how_to_start
    raise PipelineChoiceError(tried, f"pipelines with spec.{section.name}: {known}", next_step)
