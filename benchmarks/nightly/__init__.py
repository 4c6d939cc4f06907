"""Seconds of a nightly run as history grows. The warehouse and its traffic are those of the tests."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "tests" / "local" / folder) for folder in ("", "lakehouse")]
