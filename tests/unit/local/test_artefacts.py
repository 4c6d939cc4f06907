"""The cache holds complete artefacts or none, and a failed tool is explained."""

import io
import stat
import tarfile
import threading
import time
from pathlib import Path

import pytest

from local.artefacts.cache import Artefact, install
from local.artefacts.command import CommandError, run_tool
from local.artefacts.installed import installed
from local.artefacts.maven import Coordinate
from local.artefacts.progress import Progress
from local.artefacts.trino import unpack_selected
from local.artefacts.versions import versions
from local.state.paths import cache_folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TELECOM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def build_file(artefact: Artefact) -> None:
    artefact.tell("building", "half way")
    (artefact.folder / "file").write_text("content")


def test_an_artefact_is_built_once() -> None:
    builds: list[int] = []

    def build(artefact: Artefact) -> None:
        builds.append(1)
        build_file(artefact)

    first = install("a", "1", build)
    assert install("a", "1", build) == first == installed("a", "1")
    assert (first / "file").read_text() == "content"
    assert len(builds) == 1


def test_another_version_is_another_artefact() -> None:
    assert install("a", "1", build_file) != install("a", "2", build_file)


def test_a_build_that_fails_leaves_nothing_and_is_repeated(cache: Path) -> None:
    def fail(artefact: Artefact) -> None:
        (artefact.folder / "half").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        install("a", "1", fail)
    assert installed("a", "1") is None
    assert [path.name for path in cache.iterdir() if path.is_dir()] == []
    assert install("a", "1", build_file).is_dir()


def test_two_that_ask_at_once_build_once_and_the_second_is_told_to_wait() -> None:
    builds: list[int] = []
    told: list[Progress] = []
    second_waits = threading.Event()

    def slow(artefact: Artefact) -> None:
        builds.append(1)
        second_waits.wait(20)
        build_file(artefact)

    def report(progress: Progress) -> None:
        told.append(progress)
        if progress.phase == "waiting":
            second_waits.set()

    threads = [threading.Thread(target=install, args=("a", "1", slow, report)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(builds) == 1
    assert "waiting" in [progress.phase for progress in told]


def test_progress_names_the_artefact_and_what_is_done() -> None:
    told: list[Progress] = []
    install("a", "1", build_file, told.append)
    assert [(progress.artefact, progress.phase, progress.detail) for progress in told] == [
        ("a", "building", "half way"),
        ("a", "ready", "1"),
    ]


def test_the_cache_folder_follows_the_environment(tmp_path: Path) -> None:
    assert cache_folder({"TELECOM_CACHE": str(tmp_path)}) == tmp_path
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "telecom-lakehouse"
    assert cache_folder({}) == Path.home() / ".cache" / "telecom-lakehouse"


def test_a_failed_tool_is_quoted_with_its_last_lines_and_the_next_step() -> None:
    with pytest.raises(CommandError) as caught:
        run_tool(["sh", "-c", "echo no route to host; exit 3"], next_step="check the network")
    message = str(caught.value)
    assert all(part in message for part in ("code 3", "no route to host", "check the network"))


def test_a_missing_tool_is_named() -> None:
    with pytest.raises(CommandError, match="no-such-tool"):
        run_tool(["no-such-tool"], next_step="install it")


def test_only_wanted_folders_are_unpacked_and_linked_jars_are_found_elsewhere(tmp_path: Path) -> None:
    tarball = tmp_path / "server.tar.gz"
    with tarfile.open(tarball, "w:gz") as archive:
        for name in ("top/lib/a.jar", "top/plugin/other/shared.jar", "top/plugin/other/unwanted.jar"):
            member = tarfile.TarInfo(name)
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
        for name, target in (
            ("top/plugin/iceberg/shared.jar", "top/plugin/other/shared.jar"),
            ("top/plugin/iceberg/a.jar", "top/lib/a.jar"),
        ):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.LNKTYPE, target
            archive.addfile(link)
    home = tmp_path / "home"
    unpack_selected(tarball, home, wanted=("lib", "plugin/iceberg"))
    found = {str(path.relative_to(home)): path.read_text() for path in home.rglob("*.jar")}
    assert found == {
        "lib/a.jar": "top/lib/a.jar",
        "plugin/iceberg/a.jar": "top/lib/a.jar",
        "plugin/iceberg/shared.jar": "top/plugin/other/shared.jar",
    }


def test_a_coordinate_knows_its_file() -> None:
    coordinate = Coordinate("io.trino", "trino-server", "476", packaging="tar.gz")
    assert str(coordinate) == "io.trino:trino-server:476:tar.gz"
    assert coordinate.path_in_local_repository.parts[-4:] == ("trino", "trino-server", "476", "trino-server-476.tar.gz")


def test_every_engine_is_pinned_to_one_version() -> None:
    pinned = versions()
    assert pinned.kafka.version and pinned.trino.version and pinned.strimzi.version
    assert pinned.minio.version.startswith("v0.0.0-")


def test_the_stamp_is_written_last() -> None:
    seen: list[bool] = []

    def build(artefact: Artefact) -> None:
        build_file(artefact)
        time.sleep(0)
        seen.append(installed("a", "1") is not None)

    folder = install("a", "1", build)
    assert seen == [False] and stat.S_IMODE(folder.stat().st_mode) == 0o755
