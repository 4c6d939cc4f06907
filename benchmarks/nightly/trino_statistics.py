"""What Trino says of the statements that it ran: memory at its peak, processor time. Source: its REST interface."""

import base64
import json
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts import environment
from contracts.batch_settings import TrinoConnection

TIMEOUT_SECONDS = 30
_BYTES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True)
class Statement:
    """A finished statement."""

    query_id: str
    text: str
    peak_memory_bytes: int


class TrinoStatistics:
    """Asks one Trino, as the user of the jobs."""

    def __init__(self, trino: TrinoConnection, environ: Mapping[str, str]) -> None:
        login = f"{environ[environment.TRINO_USERNAME]}:{environ[environment.TRINO_PASSWORD]}"
        self._headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}
        self._address = f"https://{trino.host}:{trino.port}/v1/query"
        self._tls = ssl.create_default_context(cafile=str(trino.ca_file))

    def statements(self) -> list[Statement]:
        """Those that Trino still remembers, in the order of their ids."""
        found = [
            Statement(query["queryId"], query["query"], bytes_of(query["queryStats"]["peakTotalMemoryReservation"]))
            for query in self._ask("")
        ]
        return sorted(found, key=lambda statement: statement.query_id)

    def _ask(self, path: str) -> Any:
        request = urllib.request.Request(self._address + path, headers=self._headers)
        with urllib.request.urlopen(request, context=self._tls, timeout=TIMEOUT_SECONDS) as answer:
            return json.load(answer)


def bytes_of(text: str) -> int:
    """Bytes of a size as Trino writes it: `97599648B` or `1.25GB`."""
    number = text.rstrip("kMGTB")
    return round(float(number) * _BYTES[text[len(number) :]])
