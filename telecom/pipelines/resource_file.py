"""Reads a TelecomPipeline from a YAML file and names everything that is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
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
from telecom.pipelines.strict_yaml import documents_of

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
    metadata = manifest.setdefault("metadata", {})
    if isinstance(metadata, dict):
        metadata.setdefault("namespace", DEFAULT_NAMESPACE)
    outcome = validate(manifest, _accepted_spec(cluster, metadata) if cluster else None)
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


def _accepted_spec(cluster: Cluster, metadata: object) -> Mapping[str, Any] | None:
    """Last valid spec of the pipeline of this name, if that is a name."""
    name, namespace = (metadata.get("name"), metadata.get("namespace")) if isinstance(metadata, dict) else (None, None)
    return accepted_spec(cluster, name, namespace) if isinstance(name, str) and isinstance(namespace, str) else None


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
        documents = documents_of(file.read_text())
    except OSError as error:
        raise ResourceFileError(
            f"read {file}", str(error.strerror), "give an existing file, such as one in manifests/samples"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ResourceFileError(f"read {file}", f"it is not YAML: {error}\n", "correct the file") from error
    if len(documents) > 1:
        raise ResourceFileError(
            f"read {file}", f"it holds {len(documents)} documents", "give each pipeline a file of its own"
        )
    if not documents or not isinstance(documents[0], dict):
        raise ResourceFileError(f"read {file}", "it holds no resource", "start from manifests/samples/minimal.yaml")
    return documents[0]
