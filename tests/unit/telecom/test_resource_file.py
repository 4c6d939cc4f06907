from pathlib import Path

import pytest
import yaml

from local.cluster.object_store import SqliteCluster
from local.state.paths import StateDirectory
from telecom.pipelines.resource_file import ResourceFileError, read_resource

MINIMAL = Path("manifests/samples/minimal.yaml")


def test_a_sample_is_read_as_the_pipeline_it_describes() -> None:
    resource = read_resource(MINIMAL)
    assert resource.pipeline.name == resource.manifest["metadata"]["name"]
    assert resource.ref.kind.name == "TelecomPipeline"


def test_every_problem_is_listed_with_its_path(tmp_path: Path) -> None:
    document = yaml.safe_load(MINIMAL.read_text())
    document["spec"] |= {"profil": "dev", "paused": "perhaps"}
    file = tmp_path / "bad.yaml"
    file.write_text(yaml.safe_dump(document))
    with pytest.raises(ResourceFileError) as caught:
        read_resource(file)
    assert "2 problem(s)" in str(caught.value)
    assert "spec.profil: " in str(caught.value)
    assert "spec.paused: " in str(caught.value)


def test_a_second_pipeline_may_not_write_the_catalog_of_the_first(tmp_path: Path) -> None:
    store = SqliteCluster(StateDirectory.open(tmp_path / "state").store)
    first = read_resource(MINIMAL, store)
    store.apply(first.manifest)
    assert read_resource(MINIMAL, store).pipeline == first.pipeline, "a pipeline is not its own neighbour"

    document = yaml.safe_load(MINIMAL.read_text())
    document["metadata"]["name"] = "second"
    file = tmp_path / "second.yaml"
    file.write_text(yaml.safe_dump(document))
    with pytest.raises(ResourceFileError, match=f"holds the tables of pipeline {first.pipeline.name}"):
        read_resource(file, store)

    document["spec"]["storage"]["catalog"]["name"] = "another"
    file.write_text(yaml.safe_dump(document))
    assert read_resource(file, store).pipeline.name == "second"


@pytest.mark.parametrize(
    ("content", "why"), [("a: [", "not YAML"), ("- 1", "holds no resource"), ("", "holds no resource")]
)
def test_a_file_without_a_resource_is_refused(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(content)
    with pytest.raises(ResourceFileError, match=why):
        read_resource(file)


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(ResourceFileError, match="No such file"):
        read_resource(Path("nowhere.yaml"))
