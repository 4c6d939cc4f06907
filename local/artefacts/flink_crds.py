"""The Flink operator's CRDs from its published API jar: what a cluster really accepts."""

import zipfile
from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.maven import Coordinate, fetch_file
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions

_ENTRY_BY_KIND = {"FlinkDeployment": "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml"}


def flink_crds(report: Report = ignore_progress) -> dict[str, Path]:
    """CRD file by kind. Raises `CommandError`, `MavenError`."""
    folder = install("flink-crds", versions().flink_operator.version, _extract, report)
    return {kind: folder / f"{kind}.yaml" for kind in _ENTRY_BY_KIND}


def _extract(artefact: Artefact) -> None:
    coordinate = Coordinate("org.apache.flink", "flink-kubernetes-operator-api", versions().flink_operator.version)
    jar = fetch_file(artefact, coordinate, artefact.folder)
    with zipfile.ZipFile(jar) as archive:
        for kind, entry in _ENTRY_BY_KIND.items():
            (artefact.folder / f"{kind}.yaml").write_bytes(archive.read(entry))
    jar.unlink()
