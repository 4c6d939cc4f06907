"""A suite of its own for each test, with this suite's conftest."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
IMPATIENT = """
import leftovers
leftovers.ENDING_SECONDS = 0.5
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty folder `tests` with the conftest, and the modules that it imports within reach."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    # Each plug-in costs a second session its start.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nmarkers = engine")
    pytester.makepyfile(**{"tests/conftest": (TESTS / "conftest.py").read_text() + IMPATIENT})
    return pytester
