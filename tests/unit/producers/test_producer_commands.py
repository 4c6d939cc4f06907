import json
import subprocess
import sys
from pathlib import Path

import pytest


def run(module: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"jobs.producers.{module}", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, errors="replace")


@pytest.mark.parametrize("module", ["cdr_producer", "network_probe_producer"])
def test_a_dry_run_prints_as_many_records_as_asked_for(module: str, tmp_path: Path) -> None:
    settings = {"kafka": {"bootstrap_servers": "unused:1"}, "seed": 1, "tower_count": 20}
    if module == "cdr_producer":
        settings |= {"events_per_second": 100, "subscriber_count": 500}
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    result = run(module, "--settings", str(tmp_path / "settings.json"), "--dry-run", "7")
    assert (result.returncode, result.stderr) == (0, "")
    assert len([json.loads(line)["event_id"] for line in result.stdout.splitlines()]) == 7


def test_options_win_over_the_file_and_defaults_need_none() -> None:
    assert run("cdr_producer", "--rate", "50", "--seed", "3", "--dry-run", "2").returncode == 0


def test_a_wrong_setting_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"kafka": {"bootstrap_servers": "x"}, "seed": 1, "towers": 3}')
    result = run("network_probe_producer", "--settings", str(tmp_path / "settings.json"))
    assert result.returncode == 1
    assert "tower_count: Field required" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_impossible_network_is_told_in_words() -> None:
    result = run("network_probe_producer", "--towers", "1", "--dry-run", "1")
    assert result.returncode == 1
    assert "tower_count is 1" in result.stderr


@pytest.mark.parametrize(
    ("module", "option", "value"),
    [
        ("cdr_producer", "--dry-run", "-1"),
        *(("cdr_producer", "--rate", value) for value in ("nan", "inf", "0", "-3", "many")),
        ("cdr_producer", "--duration-seconds", "-1"),
        ("cdr_producer", "--subscribers", "0"),
        ("network_probe_producer", "--interval-seconds", "0"),
        ("network_probe_producer", "--dry-run", "-1"),
    ],
)
def test_an_impossible_number_is_a_wrong_command_line(module: str, option: str, value: str) -> None:
    result = run(module, "--dry-run", "1", option, value)
    assert result.returncode == 2
    assert option in result.stderr and "Traceback" not in result.stderr
