"""One set of engines for all tests of the sink: what a test kills, it has back before it ends."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sink_engines import Engines, running_engines
from sink_lab import SinkLab


@pytest.fixture(scope="session")
def sink_engines() -> Iterator[Engines]:
    with running_engines() as running:
        yield running


@pytest.fixture
def lab(sink_engines: Engines, tmp_path: Path) -> Iterator[SinkLab]:
    """An empty topic, and a table that does not exist yet."""
    lab = SinkLab(sink_engines, tmp_path, f"sink_{time.time_ns()}")
    lab.recreate_topic()
    yield lab
    lab.stop_sinks()
