"""Reads from the cluster everything that one reconciliation looks at."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster, KindMissingError
from operators.telecom_pipeline.objects.labels import owned_by, run_of
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of
from operators.telecom_pipeline.objects.observed import Observed
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.storage_references import required_objects
from operators.telecom_pipeline.render.accepted_spec import SPEC_KEY
from operators.telecom_pipeline.upgrade.revisions import Revision, revisions_of


def observe_children(cluster: Cluster, name: str, namespace: str) -> dict[Ref, Manifest]:
    """Children that the operator has created for a pipeline."""
    children = (child for kind in names.CHILD_KINDS for child in _owned(cluster, kind, name, namespace))
    return {ref_of(child): child for child in children}


def _owned(cluster: Cluster, kind: Kind, name: str, namespace: str) -> Sequence[Manifest]:
    """Children of a kind; none if the cluster does not serve the kind, which creating one will report."""
    try:
        return cluster.list(kind, namespace, owned_by(name))
    except KindMissingError:
        return ()


def latest_run(cluster: Cluster, name: str, namespace: str, component: str) -> Manifest | None:
    """Job of the latest run of a batch job, created by whoever asked for the run."""
    return next(iter(cluster.list(names.JOB, namespace, run_of(name, component))), None)


def observe(cluster: Cluster, pipeline: Pipeline, *former: Pipeline) -> Observed:
    """Children of a pipeline, and the objects that it and `former` specs of it refer to; each is read once."""
    children = observe_children(cluster, pipeline.name, pipeline.namespace)
    refs = dict.fromkeys(required.ref for each in (pipeline, *former) for required in required_objects(each))
    return Observed(children, {ref: cluster.get(ref) for ref in refs})


def revisions(cluster: Cluster, name: str, namespace: str) -> tuple[Revision, ...]:
    """Specs with which the pipeline was ready, newest last."""
    return revisions_of(cluster.get(Ref(names.CONFIG_MAP, namespace, names.revisions(name))))


def accepted_spec(cluster: Cluster, name: str, namespace: str) -> Mapping[str, Any] | None:
    """Last spec that was valid; None if there never was one, or if its copy was damaged by hand."""
    stored = cluster.get(Ref(names.CONFIG_MAP, namespace, names.accepted_spec(name))) or {}
    try:
        spec = json.loads(stored.get("data", {}).get(SPEC_KEY, "null"))
    except ValueError:
        return None
    return spec if isinstance(spec, Mapping) else None
