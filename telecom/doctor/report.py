"""How the findings are shown: a table for a person, with the line to paste below it, or JSON for a program."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Iterator, Sequence

from telecom.doctor.distribution import advice
from telecom.doctor.finding import Finding, Need, Severity

_HEADINGS = ("CHECK", "STATE", "FOUND", "WHAT TO DO")
_REQUIRED = (Need.DEMO, Need.TEST)
_COLOURS = {Severity.OK: 32, Severity.WARNING: 33, Severity.FATAL: 31, Severity.OPTIONAL: 36}
_OS_RELEASE = (Path("/etc/os-release"), Path("/usr/lib/os-release"))


def is_ready(findings: Sequence[Finding]) -> bool:
    """Whether nothing required is missing."""
    return not any(finding.severity is Severity.FATAL for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """A list of objects."""
    return json.dumps([asdict(finding) for finding in findings], indent=2)


def as_table(findings: Sequence[Finding], in_colour: bool = False) -> str:
    """What is required, what is optional, and how to get what is missing."""
    required = [finding for finding in findings if finding.needed_for in _REQUIRED]
    optional = [finding for finding in findings if finding.needed_for not in _REQUIRED]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *map(_cells, findings))]
    return "\n".join(
        [
            "Required for `make demo` and `make test`",
            _row(_HEADINGS, widths),
            *_rows(required, widths, in_colour),
            "\nOptional",
            *_rows(optional, widths, in_colour),
            "",
            _conclusion(findings),
        ]
    )


def remedy(findings: Sequence[Finding]) -> str:
    """How to install everything that is missing; empty if packages do not help."""
    missing = [finding.package for finding in findings if finding.severity is Severity.FATAL and finding.package]
    return advice(_os_release(), missing, os.geteuid() == 0).rstrip() if missing else ""


def _conclusion(findings: Sequence[Finding]) -> str:
    if is_ready(findings):
        return "This machine is ready."
    return remedy(findings) or "Something required is missing: the last column says what to do."


def _rows(findings: Sequence[Finding], widths: list[int], in_colour: bool) -> Iterator[str]:
    for finding in findings:
        row = _row(_cells(finding), widths)
        state = str(finding.severity)
        coloured = f"\033[{_COLOURS[finding.severity]}m{state}\033[0m"
        yield row[: widths[0]] + row[widths[0] :].replace(state, coloured, 1) if in_colour else row


def _row(cells: Sequence[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()


def _cells(finding: Finding) -> Sequence[str]:
    return (finding.subject, str(finding.severity), finding.found, finding.advice)


def _os_release() -> str:
    file = next((file for file in _OS_RELEASE if file.is_file()), None)
    return file.read_text(encoding="utf-8") if file else ""
