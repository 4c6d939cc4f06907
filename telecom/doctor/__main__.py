"""`python3 -m telecom.doctor`: the checks before anything is installed; `make doctor` and `make` itself run it."""

from __future__ import annotations

import argparse
import sys

from telecom.doctor import examine
from telecom.doctor.interpreter import find_interpreter
from telecom.doctor.report import as_json, as_table, is_ready, remedy
from telecom.doctor.tools import check_python


def main() -> int:
    """Print the findings and return 1 if something required is missing."""
    parser = argparse.ArgumentParser(prog="python3 -m telecom.doctor", description=__doc__)
    parser.add_argument("-o", "--output", choices=("table", "json"), default="table", help="form of the answer")
    parser.add_argument("--python", action="store_true", help="print the path of the project's Python, nothing else")
    chosen = parser.parse_args()
    if chosen.python:
        return _print_interpreter()
    findings = examine()
    print(as_json(findings) if chosen.output == "json" else as_table(findings, sys.stdout.isatty()))
    return 0 if is_ready(findings) else 1


def _print_interpreter() -> int:
    found = find_interpreter()
    if found:
        print(found.path)
        return 0
    finding = check_python()
    print(f"Python: {finding.found}; {finding.advice}.\n{remedy([finding])}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
