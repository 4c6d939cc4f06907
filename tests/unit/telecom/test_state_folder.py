"""Whose folder `--state` may name: nothing but the state of a cluster is ever filled, changed or deleted."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from local.cluster.daemon_control import delete_everything
from local.state.paths import StateDirectory, StateFolderError
from telecom.cli.main import app
from telecom.demo.report import Seconds
from telecom.demo.show import print_end

READING = (
    *(("status",), ("down",), ("query", "SELECT 1"), ("logs", "kafka"), ("alerts",), ("lineage", "gold.fact_calls")),
    *(("docs",), ("replay-dlq", "--topic", "call_events"), ("publish-rollback",), ("run", "nightly")),
    *(("run", "ingest"), ("run", "churn"), ("erase", "--subject", "12065550123", "--yes")),
)
APPLYING = ("apply", "manifests/samples/minimal.yaml")


def telecom(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def told(done: Result) -> str:
    return done.stderr + str(done.exception or "")


def snapshot(folder: Path) -> dict[str, int]:
    """Everything below a folder, itself included, with its mode."""
    return {str(path.relative_to(folder)): path.lstat().st_mode for path in (folder, *folder.rglob("*"))}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder that has nothing to do with us."""
    folder = tmp_path / "photos"
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "marathon.jpg").write_text("a picture")
    folder.chmod(0o750)
    return folder


@pytest.mark.parametrize("verb", [*READING, APPLYING, ("clean", "--yes")], ids=" ".join)
def test_a_folder_of_others_stays_as_it_is(verb: tuple[str, ...], photos: Path) -> None:
    before = snapshot(photos)
    done = telecom(*verb, "--state", photos)
    assert snapshot(photos) == before
    assert str(photos) in told(done)
    assert done.exception is None or isinstance(done.exception, (StateFolderError, SystemExit))


@pytest.mark.parametrize("path", ["", "."])
@pytest.mark.parametrize("verb", [*READING, APPLYING, ("clean", "--yes")], ids=" ".join)
def test_an_empty_path_is_not_the_current_folder(
    verb: tuple[str, ...], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifests").symlink_to(Path("manifests").absolute())
    monkeypatch.chdir(tmp_path)
    before = snapshot(tmp_path)
    done = telecom(*verb, "--state", path)
    assert snapshot(tmp_path) == before
    assert str(tmp_path) in told(done)
    assert done.exception is None or isinstance(done.exception, (StateFolderError, SystemExit))


@pytest.mark.parametrize("verb", READING, ids=" ".join)
def test_reading_makes_no_folder(verb: tuple[str, ...], tmp_path: Path) -> None:
    done = telecom(*verb, "--state", tmp_path / "state")
    assert not (tmp_path / "state").exists()
    assert "o cluster was ever started" in told(done)
    assert "next: telecom up" in told(done)


def test_status_of_nothing_is_an_empty_list_for_a_program(tmp_path: Path) -> None:
    done = telecom("status", "--state", tmp_path / "state", "-o", "json")
    assert (done.exit_code, done.stdout.strip()) == (0, "[]")


def test_a_cluster_is_deleted_with_its_folder(tmp_path: Path) -> None:
    state = StateDirectory.open(tmp_path / "state")
    (state.root / "store.db").touch()
    done = telecom("clean", "--yes", "--state", state.root)
    assert done.exit_code == 0
    assert f"{state.root} is deleted." in done.stderr
    assert not state.root.exists()


def test_a_folder_of_an_earlier_version_is_known_by_its_parts(tmp_path: Path) -> None:
    state = StateDirectory.open(tmp_path / "state")
    state.marker.unlink()
    (state.root / "store.db").touch()
    StateDirectory.open(state.root)
    assert state.marker.is_file()
    state.marker.unlink()
    assert telecom("clean", "--yes", "--state", state.root).exit_code == 0
    assert not state.root.exists()


def test_an_interrupted_deletion_can_be_finished(tmp_path: Path) -> None:
    state = StateDirectory.open(tmp_path / "state")
    state.kafka.rmdir()
    assert telecom("clean", "--yes", "--state", state.root).exit_code == 0
    assert not state.root.exists()


def test_a_link_to_a_cluster_is_not_deleted(tmp_path: Path) -> None:
    state = StateDirectory.open(tmp_path / "state")
    link = tmp_path / "link"
    link.symlink_to(state.root)
    done = telecom("clean", "--yes", "--state", link)
    assert isinstance(done.exception, StateFolderError)
    assert f"next: telecom clean --state {state.root}" in str(done.exception)
    assert state.marker.is_file()


def test_nothing_is_deleted_without_the_marker(photos: Path) -> None:
    before = snapshot(photos)
    with pytest.raises(StateFolderError, match="no cluster was ever started"):
        delete_everything(StateDirectory(photos))
    assert snapshot(photos) == before


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o1777])
def test_an_empty_folder_becomes_enterable_and_nothing_more(mode: int, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(mode)
    StateDirectory.open(folder)
    assert folder.stat().st_mode & 0o7777 == mode | 0o011


@pytest.mark.parametrize("verb", [*READING, APPLYING, ("clean", "--yes")], ids=" ".join)
def test_a_file_is_refused_in_words(verb: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    done = telecom(*verb, "--state", file)
    assert done.exception is None or isinstance(done.exception, (StateFolderError, SystemExit))
    assert str(file) in told(done)
    assert file.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named() -> None:
    done = telecom("apply", "manifests/samples/minimal.yaml", "--state", "/proc/telecom")
    assert isinstance(done.exception, StateFolderError)
    assert "/proc/telecom" in str(done.exception)


def test_hints_name_a_folder_that_is_not_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELECOM_STATE", raising=False)
    state = StateDirectory.open(tmp_path / "my state")
    assert state.command("clean") == f"telecom clean --state '{state.root}'"
    assert f"`{state.command('clean')}` deletes it" in telecom("down", "--state", state.root).stderr
    assert state.command("up") in telecom("status", "--state", state.root).stdout
    monkeypatch.setenv("TELECOM_STATE", str(state.root))
    assert state.command("clean") == "telecom clean"
    monkeypatch.delenv("TELECOM_STATE")
    assert StateDirectory(Path(".telecom").absolute()).command("clean") == "telecom clean"


def test_a_damaged_store_names_the_way_to_delete_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELECOM_STATE", raising=False)
    state = StateDirectory.open(tmp_path / "state")
    state.store.write_text("not a database, and long enough to be seen as none" * 20)
    done = telecom("status", "--state", state.root)
    assert f"`telecom clean --state {state.root}`" in str(done.exception)


def test_the_demo_ends_with_commands_for_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TELECOM_STATE", raising=False)
    print_end(Seconds(fetch=0, up=0, run=0, nightly=None), tmp_path / "report.json", StateDirectory(tmp_path))
    commands = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  telecom ")]
    assert len(commands) == 3
    assert all(f" --state {tmp_path} " in command for command in commands)
