"""An image archive is what container runtimes read: layers by content, names, configuration."""

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from operator_fixtures import REPOSITORY

from images.archive import write_archive
from images.image import Image
from images.layers import write_code_layer, write_files_layer


@pytest.fixture
def layers(tmp_path: Path) -> tuple[Path, Path]:
    base, code = tmp_path / "base.tar", tmp_path / "code.tar"
    write_files_layer(base, {}, {"etc/motd": "hello\n"})
    write_files_layer(code, {}, {"app/module.py": "x = 1\n"})
    return base, code


def read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member is not None
    return member.read()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_archive_names_its_layers_by_their_content(tmp_path: Path, layers: tuple[Path, Path]) -> None:
    image = Image("localhost/a:1", layers, path="/java/bin:", environment={"X": "1"}, working_directory="/app")
    write_archive(tmp_path / "image.tar", [image])
    with tarfile.open(tmp_path / "image.tar") as archive:
        (manifest,) = json.loads(read(archive, "manifest.json"))
        config: dict[str, Any] = json.loads(read(archive, manifest["Config"]))
        assert [read(archive, name) for name in manifest["Layers"]] == [layer.read_bytes() for layer in layers]
    assert manifest["RepoTags"] == ["localhost/a:1"]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{sha256(layer)}" for layer in layers]
    assert config["config"] == {
        "User": "10001:10001",
        "WorkingDir": "/app",
        "Env": ["PATH=/java/bin:/usr/local/bin:/usr/bin:/bin", "X=1"],
        "Cmd": ["sh"],
    }


def test_images_share_the_layers_that_they_have_in_common(tmp_path: Path, layers: tuple[Path, Path]) -> None:
    base, code = layers
    write_archive(tmp_path / "images.tar", [Image("localhost/a:1", (base,)), Image("localhost/b:1", (base, code))])
    with tarfile.open(tmp_path / "images.tar") as archive:
        names = archive.getnames()
        first, second = json.loads(read(archive, "manifest.json"))
    assert sorted(name for name in names if name.endswith(".tar")) == sorted(f"{sha256(layer)}.tar" for layer in layers)
    assert first["Layers"] == second["Layers"][:1]
    assert first["Config"] != second["Config"]


def test_what_code_reads_goes_with_it(tmp_path: Path) -> None:
    write_code_layer(tmp_path / "code.tar", REPOSITORY, ["jobs", "contracts"], "app")
    with tarfile.open(tmp_path / "code.tar") as layer:
        names = set(layer.getnames())
    read_by_code = [*(REPOSITORY / "jobs").rglob("*.sql"), *(REPOSITORY / "contracts").rglob("*.json")]
    wanted = {f"app/{file.relative_to(REPOSITORY)}" for file in read_by_code}
    assert {"app/jobs/account_freezer/schema.sql", "app/contracts/schemas/call_events.json"} <= wanted <= names
    assert not [name for name in names if name.endswith((".java", ".pyc", ".md"))]


def test_a_layer_has_what_was_asked_for_and_nothing_beside_it(tmp_path: Path) -> None:
    code = ["jobs/__init__.py", "jobs/churn"]
    write_code_layer(tmp_path / "code.tar", REPOSITORY, code, "app")
    with tarfile.open(tmp_path / "code.tar") as layer:
        names = layer.getnames()
    assert "app/jobs/__init__.py" in names
    assert all(name == "app/jobs/__init__.py" or name.startswith("app/jobs/churn/") for name in names)


def test_equal_code_makes_an_equal_layer(tmp_path: Path) -> None:
    source = tmp_path / "repository" / "package"
    source.mkdir(parents=True)
    (source / "module.py").write_text("x = 1\n")
    for name in ("one.tar", "two.tar"):
        write_code_layer(tmp_path / name, tmp_path / "repository", ["package"], "app")
        (source / "module.py").touch()
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
