"""CRDs of our own and of the upstream operators whose resources a pipeline is made of."""

from pathlib import Path

from local.artefacts.flink_crds import flink_crds
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.strimzi_crds import strimzi_crds
from local.artefacts.versions import REPOSITORY

OWN_CRD = REPOSITORY / "manifests" / "crd" / "telecompipelines.telecom.dev.yaml"


def all_crds(report: Report = ignore_progress) -> tuple[Path, ...]:
    """Files to apply, ours first. Upstream ones are generated from published artefacts. Raises `CommandError`."""
    return (OWN_CRD, *strimzi_crds(report).values(), *flink_crds(report).values())
