"""No test runs a benchmark, which takes minutes: this holds that each still starts and reads its command line."""

import sys
from importlib import import_module

import pytest
from operator_fixtures import REPOSITORY

BENCHMARKS = sorted(file.parent.name for file in (REPOSITORY / "benchmarks").glob("*/run.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_says_what_it_measures(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [f"benchmarks.{name}.run", "--help"])
    monkeypatch.setattr(sys, "path", sys.path.copy())
    with pytest.raises(SystemExit) as ended:
        import_module(f"benchmarks.{name}.run").main()
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out
