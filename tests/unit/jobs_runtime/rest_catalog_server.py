"""A REST catalog over a catalog on disk, whose answers to a transaction a test chooses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.rest import DEFAULT_ENDPOINTS
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import CommitTableRequest

from jobs.runtime.commit_errors import ChangedMeanwhileError
from jobs.runtime.multi_table_commit import commit_together

PREFIX = "lake"
# In place of 404, which a server without the endpoint answers, too.
GONE = -404
OFFERED = (*map(str, DEFAULT_ENDPOINTS), "POST /v1/{prefix}/transactions/commit")


class Fault(StrEnum):
    """What becomes of a transaction besides being carried out or refused."""

    CUT = "carried out, and the connection breaks before the answer"
    LATE = "carried out after the gateway has given up"
    TORN = "the first table is committed, then the server fails"


@dataclass(frozen=True)
class Answer:
    """An answer to a transaction with this status; `is_done` if it was carried out before."""

    status: int
    is_done: bool = False


@dataclass
class RestServer:
    """The server. Each transaction takes the next of `answers`; when there are none, it is simply carried out."""

    lake: Catalog
    answers: list[Answer | Fault] = field(default_factory=list)
    endpoints: tuple[str, ...] | None = OFFERED
    asked: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    logins: int = 0
    late: list[CommitTableRequest] = field(default_factory=list)
    uri: str = ""

    def config(self) -> dict[str, Any]:
        """What the server says of itself."""
        listed = {"endpoints": list(self.endpoints)} if self.endpoints is not None else {}
        return {"defaults": {}, "overrides": {"prefix": PREFIX}} | listed

    def transact(self, body: dict[str, Any], authorization: str) -> int | None:
        """The status of the answer; None for none."""
        self.asked.append(body)
        self.authorizations.append(authorization)
        changes = [CommitTableRequest.model_validate(change) for change in body["table-changes"]]
        late, self.late = self.late, []
        if late:
            commit_together(self.lake, late)
        match self.answers.pop(0) if self.answers else None:
            case Answer(status, is_done):
                return self.apply(changes) and status if is_done else status
            case Fault.LATE:
                self.late = changes
                return 504
            case Fault.TORN:
                self.apply(changes[:1])
                return 500
            case Fault.CUT:
                self.apply(changes)
                return None
            case None:
                return self.apply(changes)

    def apply(self, changes: list[CommitTableRequest]) -> int:
        """Carry them out if what they require holds."""
        try:
            commit_together(self.lake, changes)
        except ChangedMeanwhileError as error:
            return GONE if isinstance(error.__cause__, NoSuchTableError) else 409
        return 204


@contextmanager
def serving(lake: Catalog) -> Iterator[RestServer]:
    """A server over `lake`, which nobody else uses in this process."""
    known = RestServer(lake)
    server = HTTPServer(("127.0.0.1", 0), type("HandlerOfOne", (Handler,), {"known": known}))
    Thread(target=server.serve_forever, daemon=True).start()
    known.uri = f"http://127.0.0.1:{server.server_port}"
    yield known
    server.shutdown()
    server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers of the server `known`."""

    known: RestServer

    def do_GET(self) -> None:
        match self._words():
            case ["v1", "config"]:
                self._reply(200, self.known.config())
            case [_, _, "namespaces", namespace, "tables"]:
                found = [{"namespace": [name[0]], "name": name[1]} for name in self.known.lake.list_tables(namespace)]
                self._reply(200, {"identifiers": found})
            case [_, _, "namespaces", namespace, "tables", name]:
                self._load((namespace, name))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        match self._words():
            case ["v1", "oauth", "tokens"]:
                self.known.logins += 1
                self._reply(200, {"access_token": f"token {self.known.logins}", "token_type": "bearer"})
            case [_, _, "namespaces"]:
                self._refuse(409, "AlreadyExistsException")
            case [_, _, "transactions", "commit"]:
                self._transact(json.loads(body))

    def do_DELETE(self) -> None:
        _, _, _, namespace, _, name = self._words()
        self.known.lake.purge_table((namespace, name))
        self._reply(204, None)

    def log_message(self, *_: object) -> None:
        return

    def _words(self) -> list[str]:
        return [unquote(word) for word in urlsplit(self.path).path.strip("/").split("/")]

    def _load(self, identifier: tuple[str, str]) -> None:
        try:
            table = self.known.lake.load_table(identifier)
        except NoSuchTableError:
            self._refuse(404, "NoSuchTableException")
            return
        metadata = json.loads(table.metadata.model_dump_json())
        self._reply(200, {"metadata-location": table.metadata_location, "metadata": metadata})

    def _transact(self, body: dict[str, Any]) -> None:
        status = self.known.transact(body, self.headers["Authorization"])
        if status is None:
            self.close_connection = True
        elif status == GONE:
            self._refuse(404, "NoSuchTableException")
        elif status < 400:
            self._reply(status, None)
        else:
            self._refuse(status, "SomeException")

    def _refuse(self, status: int, kind: str) -> None:
        self._reply(status, {"error": {"message": "no", "type": kind, "code": status}})

    def _reply(self, status: int, body: dict[str, Any] | None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
