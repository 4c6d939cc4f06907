"""What looks like markup is printed: an error, a row and a reason come from others and are theirs to word."""

import sys
from pathlib import Path

import pytest
from rich.console import Console

from telecom.cli.main import run
from telecom.pipelines.status import Component
from telecom.pipelines.status_table import status_table
from telecom.terminal.console import answers, tell
from telecom.terminal.plain_table import rows_table

TEXT = "a [red]word[/red] of :key: and [/nobody]"


def test_an_error_keeps_all_of_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = f"{tmp_path}/no[red] :key:.yaml"
    monkeypatch.setattr(sys, "argv", ["telecom", "render", missing])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 1
    assert f"error: failed to read {missing}" in capsys.readouterr().err


def test_a_row_keeps_all_of_its_words() -> None:
    with answers.capture() as captured:
        answers.print(rows_table(("payload",), [(TEXT,)]))
    assert TEXT in captured.get()


def test_a_line_of_progress_keeps_all_of_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    tell(TEXT)
    assert capsys.readouterr().err == f"{TEXT}\n"


@pytest.mark.parametrize("width", [20, 80, 120])
def test_a_narrow_terminal_shortens_no_cell(width: int) -> None:
    reason = "waits for the topics of Kafka, because none of its brokers answers at the address that they have"
    component = Component("kafka-to-bronze", "Reconciling", 1.5, 12_345, 7, "http://127.0.0.1:43210/v1/config", reason)
    console = Console(width=width, soft_wrap=True)
    with console.capture() as captured:
        console.print(status_table([component]))
    heading, line, *rest = captured.get().splitlines()
    assert all(word in line for word in ("kafka-to-bronze", "Reconciling", "12,345", component.endpoint, reason))
    assert "REASON" in heading and not rest
