import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.settings import NetworkProbeProducerSettings
from jobs.runtime.settings import SettingsError, load_settings


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.json"
    path.write_text(text)
    return path


def test_a_valid_file_becomes_the_model(tmp_path: Path) -> None:
    settings = NetworkProbeProducerSettings.model_validate(
        {"kafka": {"bootstrap_servers": "localhost:9092"}, "seed": 1, "tower_count": 5}
    )
    assert load_settings(NetworkProbeProducerSettings, written(tmp_path, settings.model_dump_json())) == settings


def test_every_wrong_field_is_named_with_its_path(tmp_path: Path) -> None:
    path = written(tmp_path, '{"kafka": {"bootstrap_server": "x"}, "seed": "one", "tower_count": 5}')
    with pytest.raises(SettingsError) as caught:
        load_settings(NetworkProbeProducerSettings, path)
    for expected in (str(path), "kafka.bootstrap_servers", "kafka.bootstrap_server:", "seed"):
        assert expected in str(caught.value)


def test_the_rejected_value_is_not_repeated(tmp_path: Path) -> None:
    path = written(
        tmp_path, '{"kafka": {"bootstrap_servers": "x", "password": "swordfish"}, "seed": 1, "tower_count": 5}'
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(NetworkProbeProducerSettings, path)
    assert "kafka.password" in str(caught.value)
    assert "swordfish" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.json"):
        load_settings(NetworkProbeProducerSettings, tmp_path / "absent.json")


def test_text_that_is_not_json_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="whole file"):
        load_settings(NetworkProbeProducerSettings, written(tmp_path, "seed: 1"))


@pytest.mark.parametrize(
    "job",
    [
        *("account_freezer", "churn", "crm_batch_ingestor", "crm_simulator", "fraud_rules_publisher"),
        *("kafka_to_bronze", "nightly", "privacy"),
    ],
)
def test_every_job_tells_of_bad_settings_in_one_line(tmp_path: Path, job: str) -> None:
    command = [sys.executable, "-m", f"jobs.{job}", "--settings", str(written(tmp_path, "{}"))]
    command += ["--subject", "1"] if job == "privacy" else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["error"] == "SettingsError"
