import os
import signal
from collections.abc import Iterator

import pytest

from jobs.runtime.shutdown import StopSignal


@pytest.fixture
def stop() -> Iterator[StopSignal]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield StopSignal()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_sets_it(stop: StopSignal, number: signal.Signals) -> None:
    assert not stop.is_set()
    os.kill(os.getpid(), number)
    assert stop.wait(5)
    assert stop.is_set()


def test_every_later_wait_returns_at_once(stop: StopSignal) -> None:
    stop.set()
    stop.set()
    assert stop.wait(60)
    assert stop.wait(60)


def test_a_wait_without_signal_ends_unset(stop: StopSignal) -> None:
    assert not stop.wait(0.001)
