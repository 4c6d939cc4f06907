"""An image archive is what container runtimes read: layers by content, names, configuration."""

import hashlib
import json
import tarfile
from pathlib import Path

from images.archive import write_archive
from images.layers import write_code_layer, write_files_layer

REPOSITORY = Path(__file__).parents[3]


def test_an_archive_names_its_layers_by_their_content(tmp_path: Path) -> None:
    layer = tmp_path / "layer.tar"
    write_files_layer(layer, {}, {"etc/motd": "hello\n"})
    write_archive(tmp_path / "image.tar", ["localhost/a:1", "localhost/b:1"], [layer], {"User": "10001"})
    digest = hashlib.sha256(layer.read_bytes()).hexdigest()
    with tarfile.open(tmp_path / "image.tar") as archive:
        (manifest,) = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
        config = json.load(archive.extractfile("config.json"))  # type: ignore[arg-type]
        assert archive.extractfile(f"{digest}.tar").read() == layer.read_bytes()  # type: ignore[union-attr]
    assert manifest["RepoTags"] == ["localhost/a:1", "localhost/b:1"]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}"]
    assert config["config"] == {"User": "10001"}


def test_statements_go_with_the_code_that_reads_them(tmp_path: Path) -> None:
    write_code_layer(tmp_path / "code.tar", REPOSITORY, ["jobs"])
    with tarfile.open(tmp_path / "code.tar") as layer:
        names = {name.removeprefix("opt/telecom/app/") for name in layer.getnames()}
    wanted = {str(file.relative_to(REPOSITORY)) for file in (REPOSITORY / "jobs").rglob("*.sql")}
    assert "jobs/account_freezer/schema.sql" in wanted <= names
    assert not [name for name in names if name.endswith((".java", ".pyc"))]


def test_equal_code_makes_an_equal_layer(tmp_path: Path) -> None:
    source = tmp_path / "repository" / "package"
    source.mkdir(parents=True)
    (source / "module.py").write_text("x = 1\n")
    for name in ("one.tar", "two.tar"):
        write_code_layer(tmp_path / name, tmp_path / "repository", ["package"])
        (source / "module.py").touch()
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
