"""Reading for hours, and an end to it: the reader is woken, its descriptor stays its own until it is done."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from operators.telecom_pipeline.clusters.open_streams import OpenStreams

WITHIN_SECONDS = 30.0


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours


def test_a_reader_that_waits_finds_the_end_and_still_owns_its_descriptor(connection: socket.socket) -> None:
    streams, is_reading = OpenStreams(), Event()

    def read() -> tuple[bytes, int]:
        with streams.reading(connection):
            is_reading.set()
            return connection.recv(1), connection.fileno()

    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(read)
        assert is_reading.wait(WITHIN_SECONDS)
        descriptor = connection.fileno()
        streams.end()
        assert reading.result(WITHIN_SECONDS) == (b"", descriptor)


def test_a_reader_that_comes_after_the_end_does_not_wait(connection: socket.socket) -> None:
    streams = OpenStreams()
    streams.end()
    with streams.reading(connection):
        assert connection.recv(1) == b""


def test_a_connection_that_the_server_closed_first_is_not_an_error(connection: socket.socket) -> None:
    streams = OpenStreams()
    with streams.reading(connection):
        connection.close()
        streams.end()
