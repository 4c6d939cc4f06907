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
    ("content", "why"),
    [
        ("a: [", "not YAML"),
        ("- 1", "holds no resource"),
        ("", "holds no resource"),
        ("[" * 3000, "nested too deeply"),
        ("a: 1\n---\nb: 2\n", "holds 2 documents"),
        ("spec: {mode: A, mode: B}", "the key 'mode' stands twice"),
        ("a: 2026-13-01", "not YAML"),
        ("? [a]\n: 1", "not YAML"),
    ],
)
def test_a_file_without_a_resource_is_refused(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(content)
    with pytest.raises(ResourceFileError, match=why):
        read_resource(file)


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(ResourceFileError, match="No such file"):
        read_resource(Path("nowhere.yaml"))


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        (None, "metadata: must be a mapping"),
        ("text", "metadata: must be a mapping"),
        ([], "metadata: must be a mapping"),
        ({"name": 5}, "metadata.name: must be text"),
        ({"name": "a\n"}, "metadata.name: must start"),
        *(({"name": "a", "namespace": wrong}, "metadata.namespace: must be text") for wrong in (5, ["a"])),
        *(
            ({"name": "a", "namespace": wrong}, "metadata.namespace: must have")
            for wrong in ("../../x", "A B", "a" * 64)
        ),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, metadata: object, why: str) -> None:
    store = SqliteCluster(StateDirectory.open(tmp_path / "state").store)
    file = tmp_path / "bad.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(MINIMAL.read_text()), "metadata": metadata, 7: "a number"}))
    with pytest.raises(ResourceFileError) as caught:
        read_resource(file, store)
    assert why in str(caught.value)
    assert "7: is not a field" in str(caught.value)
    assert "\nnext: correct the file" in str(caught.value)
