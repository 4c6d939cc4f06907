"""Certificates of a server on this machine, judged as strictly as any client does."""

import socket
import ssl
from pathlib import Path
from threading import Thread

from local.state.certificates import ensure_certificates


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
