"""Ends connections that threads read from, so that no descriptor is closed under its reader."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock


class OpenStreams:
    """Connections that a thread reads from for a long time, so that another thread can end the reading.

    A connection is shut down under its reader, never closed: the number of a closed descriptor goes to the next file
    that the process opens, and TLS would continue to read from and write to that file.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._sockets: set[socket.socket] = set()
        self._is_ended = False

    @contextmanager
    def reading(self, connection: socket.socket) -> Iterator[None]:
        """Hold a connection while it is read; one that comes after `end` ends at once."""
        with self._lock:
            self._sockets.add(connection)
            if self._is_ended:
                _shut_down(connection)
        try:
            yield
        finally:
            with self._lock:
                self._sockets.discard(connection)

    def end(self) -> None:
        """Let every reader find the end of its stream, now and in future."""
        with self._lock:
            self._is_ended = True
            for connection in self._sockets:
                _shut_down(connection)


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # the server closed it first
        # Not the method of SSLSocket: that drops the TLS state under the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
