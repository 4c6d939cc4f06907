"""What applying a resource would change. It reads the cluster as a reconciliation does, and writes nothing."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.reconcile.context import render_observed
from operators.telecom_pipeline.reconcile.observe import observe


@dataclass(frozen=True)
class Change:
    """One child that would be created, changed or deleted; `text` is a unified diff of the fields that we write."""

    action: Literal["create", "update", "delete"]
    ref: Ref
    text: str


@dataclass(frozen=True)
class Preview:
    """The changes and, for stages that cannot be rendered yet, what they lack."""

    changes: tuple[Change, ...]
    missing: Mapping[str, tuple[str, ...]]


def preview(cluster: Cluster, pipeline: Pipeline) -> Preview:
    """Compare the children of `pipeline` with the cluster. Raises `ClusterError`."""
    observed = observe(cluster, pipeline)
    found = render_observed(pipeline, observed)
    rendered = {ref_of(manifest): manifest for manifest in found.rendering.manifests}
    return compare(rendered, observed.children, found.missing)


def compare(
    rendered: Mapping[Ref, Manifest], children: Mapping[Ref, Manifest], missing: Mapping[Stage, tuple[str, ...]]
) -> Preview:
    """Changes from the existing children to the rendered ones; while something is missing, none is deleted."""
    changes = (*_written(rendered, children), *(() if missing else _deleted(rendered, children)))
    return Preview(changes, {stage.value: names for stage, names in missing.items()})


def _written(rendered: Mapping[Ref, Manifest], children: Mapping[Ref, Manifest]) -> Iterator[Change]:
    for ref, manifest in rendered.items():
        existing = children.get(ref)
        text = _diff(_as_written(existing, manifest) if existing else None, manifest)
        if text:
            yield Change("update" if existing else "create", ref, text)


def _deleted(rendered: Mapping[Ref, Manifest], children: Mapping[Ref, Manifest]) -> Iterator[Change]:
    return (Change("delete", ref, "") for ref in children if ref not in rendered)


def _as_written(existing: Any, manifest: Any) -> Any:
    """Only those fields of a stored object that we write; the rest are defaults and fields of others."""
    if isinstance(existing, Mapping) and isinstance(manifest, Mapping):
        return {key: _as_written(existing[key], value) for key, value in manifest.items() if key in existing}
    if isinstance(existing, list) and isinstance(manifest, list) and len(existing) == len(manifest):
        return [_as_written(*pair) for pair in zip(existing, manifest, strict=True)]
    return existing


def _diff(before: Manifest | None, after: Manifest) -> str:
    old, new = (yaml.safe_dump(each).splitlines() if each else [] for each in (before, after))
    return "\n".join(difflib.unified_diff(old, new, "cluster", "file", lineterm="", n=2))
