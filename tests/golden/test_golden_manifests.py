"""Rendered children of every sample, one file each: the diff of a file is the review of a change.

`make golden` accepts what is rendered now.
"""

from pathlib import Path

import pytest
from operator_fixtures import SAMPLE_NAMES, endpoints_of, pipeline_of, sample

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.manifest_yaml import to_yaml
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.render.transform import BATCH_JOBS, render_batch_run

FOLDER = Path(__file__).parent


def rendered_files(sample_name: str) -> dict[Path, str]:
    pipeline = pipeline_of(sample(sample_name))
    endpoints = endpoints_of(pipeline)
    runs = [render_batch_run(pipeline, endpoints, component) for component in BATCH_JOBS if pipeline.batch_jobs]
    manifests = [*render(pipeline, endpoints), *runs]
    return {FOLDER / sample_name / file_name(manifest): to_yaml([manifest]) for manifest in manifests}


def file_name(manifest: Manifest) -> str:
    return f"{manifest['kind'].lower()}-{manifest['metadata']['name']}.yaml"


@pytest.mark.parametrize("sample_name", SAMPLE_NAMES)
def test_a_sample_is_rendered_as_reviewed(sample_name: str, pytestconfig: pytest.Config) -> None:
    expected = rendered_files(sample_name)
    folder = FOLDER / sample_name
    if pytestconfig.getoption("update_snapshots"):
        accept(folder, expected)
    golden = {path: path.read_text() for path in sorted(folder.glob("*.yaml"))}
    assert golden.keys() == expected.keys()
    for path, content in expected.items():
        assert golden[path] == content, f"{path.name} is rendered differently; after review: make golden"


def accept(folder: Path, expected: dict[Path, str]) -> None:
    folder.mkdir(exist_ok=True)
    for path in set(folder.glob("*.yaml")) - expected.keys():
        path.unlink()
    for path, content in expected.items():
        path.write_text(content)
