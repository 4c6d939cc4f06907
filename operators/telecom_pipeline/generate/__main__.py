"""`python -m operators.telecom_pipeline.generate [--check]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from operators.telecom_pipeline.generate.files import generated_files

REPOSITORY = Path(__file__).resolve().parents[3]


def main(arguments: Sequence[str]) -> int:
    """Write the generated files or, with `--check`, name those that differ. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m operators.telecom_pipeline.generate", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if a file differs")
    if parser.parse_args(arguments).check:
        return _report(drifted(REPOSITORY))
    for path, text in generated_files().items():
        target = REPOSITORY / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return 0


def drifted(repository: Path) -> list[str]:
    """Generated files that are absent or differ from what the models say."""
    return [path for path, text in generated_files().items() if _read(repository / path) != text]


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None


def _report(paths: Sequence[str]) -> int:
    for path in paths:
        sys.stderr.write(f"{path} differs from what the models say. Run `make gen` and commit the difference.\n")
    return 1 if paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
