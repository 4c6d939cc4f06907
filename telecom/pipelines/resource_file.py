"""Reads a TelecomPipeline from a YAML file and names everything that is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.errors import LocalError
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.reconcile.observe import accepted_spec
from operators.telecom_pipeline.validate import Problem, validate
from operators.telecom_pipeline.validate.shared_catalog import shared_catalog_problems

DEFAULT_NAMESPACE = "telecom"


class ResourceFileError(LocalError):
    """The file is missing, is not YAML, or its resource is invalid."""


@dataclass(frozen=True)
class Resource:
    """A valid resource: as written, and as the pipeline that it describes."""

    manifest: Manifest
    pipeline: Pipeline

    @property
    def ref(self) -> Ref:
        """Its kind, namespace and name."""
        return ref_of(self.manifest)


def read_resource(file: Path, cluster: Cluster | None = None) -> Resource:
    """Resource of a file; with a cluster, it is also checked against its former spec and its neighbours there.

    Raises `ResourceFileError` that lists every problem.
    """
    manifest = _load(file)
    manifest.setdefault("metadata", {}).setdefault("namespace", DEFAULT_NAMESPACE)
    metadata = manifest["metadata"]
    before = accepted_spec(cluster, str(metadata.get("name")), metadata["namespace"]) if cluster else None
    outcome = validate(manifest, before)
    problems = outcome if isinstance(outcome, tuple) else tuple(_conflicts(manifest, cluster))
    if isinstance(outcome, Pipeline) and not problems:
        return Resource(manifest, outcome)
    raise ResourceFileError(f"use {file}", _listed(problems), "correct the file")


def pipeline_of_resource(resource: Manifest) -> Pipeline:
    """Pipeline that a resource of a cluster describes. Raises `ResourceFileError` that lists every problem."""
    outcome = validate(resource)
    if isinstance(outcome, Pipeline):
        return outcome
    problems = "; ".join(map(str, outcome))
    raise ResourceFileError(f"use {ref_of(resource)}", problems, "kubectl edit telecompipeline")


def _listed(problems: Sequence[Problem]) -> str:
    lines = "".join(f"\n  {problem}" for problem in problems)
    return f"it has {len(problems)} problem(s):{lines}\n"


def _conflicts(manifest: Manifest, cluster: Cluster | None) -> Iterator[Problem]:
    """Problems with what it shares with older pipelines of its namespace."""
    if cluster is None:
        return
    ref = ref_of(manifest)
    stored = cluster.get(ref)
    created = {"creationTimestamp": stored["metadata"]["creationTimestamp"]} if stored else {}
    aged = {**manifest, "metadata": {**manifest["metadata"], **created}}
    yield from shared_catalog_problems(aged, cluster.list(TELECOM_PIPELINE, ref.namespace))


def _load(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text())
    except OSError as error:
        raise ResourceFileError(
            f"read {file}", str(error.strerror), "give an existing file, such as one in manifests/samples"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ResourceFileError(f"read {file}", f"it is not YAML: {error}", "correct the file") from error
    if not isinstance(document, dict):
        raise ResourceFileError(f"read {file}", "it holds no resource", "start from manifests/samples/minimal.yaml")
    return document
