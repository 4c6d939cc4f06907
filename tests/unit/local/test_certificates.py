"""Certificates of a server on this machine, judged as strictly as any client does."""

import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from local.state.certificates import ensure_certificates

MAKERS = 8


def handshake(authority: Path, server: Path, name: str) -> str:
    """Version of TLS of a connection to the server under this name. Raises `ssl.SSLError` if it is not believed."""
    listening, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=authority)
    listening.load_cert_chain(server)
    # The default from Python 3.13 on.
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    near, far = socket.socketpair()
    with near, far:
        served = Thread(target=lambda: listening.wrap_socket(far, server_side=True).close())
        served.start()
        with client.wrap_socket(near, server_hostname=name) as connection:
            version = connection.version()
        served.join()
    return version or ""


def test_a_strict_client_believes_them(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, "an-authority", "a-server", addresses=("127.0.0.1", "10.1.2.3"))
    for name in ("127.0.0.1", "10.1.2.3", "localhost"):
        assert handshake(*files, name).startswith("TLS")


def test_they_are_made_once(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, "an-authority", "a-server", addresses=("127.0.0.1",))
    before = [file.read_text() for file in files]
    assert ensure_certificates(tmp_path, "an-authority", "a-server", addresses=("127.0.0.1",)) == files
    assert [file.read_text() for file in files] == before


@pytest.fixture
def impatient_threads() -> Iterator[None]:
    """Threads that give way to each other after each step, as processes on several processors do."""
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(patience)


@pytest.mark.usefixtures("impatient_threads")
def test_of_several_that_make_them_at_once_all_get_the_same_pair(tmp_path: Path) -> None:
    """Two processes do so: the daemon, and a verb beside it."""
    everybody_is_here, made = Barrier(MAKERS), []

    def make() -> None:
        everybody_is_here.wait()
        files = ensure_certificates(tmp_path, "an-authority", "a-server", addresses=("127.0.0.1",))
        made.append(tuple(file.read_text() for file in files))

    makers = [Thread(target=make) for _ in range(MAKERS)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(made) == MAKERS
    assert len(set(made)) == 1
