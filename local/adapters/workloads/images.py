"""Container images of ours, and what stands for them on one machine: this Python environment and repository."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contracts.environment import PARSED_DBT_PROJECT
from local.adapters.adapter import ManifestError
from local.artefacts.dbt import dbt_python, parsed_if_present
from local.artefacts.versions import REPOSITORY
from operators.telecom_pipeline.render.images import NIGHTLY_IMAGE


@dataclass(frozen=True)
class LocalImage:
    """Where a container's command is run and what replaces the programs that its image would bring."""

    working_directory: Path
    programs: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


def image_for(reference: str) -> LocalImage:
    """Environment that stands for an image of ours: an image is named like its folder in `jobs`.

    Raises `ManifestError` for any other image: nothing here could run it.
    """
    repository = reference.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if not (REPOSITORY / "jobs" / repository.replace("-", "_")).is_dir():
        why = "only images of this project can run without containers, and jobs/ has no such folder"
        raise ManifestError(f"run image {reference}", why, "telecom render, to see the manifest")
    environment = {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
    if repository == NIGHTLY_IMAGE:
        environment["PATH"] = f"{dbt_python().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        if parsed := parsed_if_present():
            environment[PARSED_DBT_PROJECT] = str(parsed.folder)
    programs = {"python": sys.executable, "python3": sys.executable}
    return LocalImage(REPOSITORY, programs, environment)
