"""Several tables in one commit of a REST catalog.

Source: `commitTransaction` in the Iceberg REST catalog specification, which pyiceberg 0.12 does not call yet
(https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml).
"""

import json
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus

import requests
import structlog
from pydantic import ValidationError
from pyiceberg.catalog.rest import (
    API_PREFIX,
    DEFAULT_ENDPOINTS,
    VIEW_ENDPOINTS,
    Endpoint,
    HttpMethod,
    RestCatalog,
)
from pyiceberg.catalog.rest.response import ErrorResponse, _handle_non_200_response
from pyiceberg.exceptions import (
    CommitFailedException,
    CommitStateUnknownException,
    NoSuchTableError,
    RESTError,
    TooManyRequestsError,
)
from pyiceberg.table import CommitTableRequest

from jobs.runtime.commit_errors import (
    ChangedMeanwhileError,
    NotOneActError,
    TornCommitError,
    contested,
)
from jobs.runtime.commit_requirements import identifier_of, table_as_required
from jobs.runtime.landed_changes import landed

log = structlog.get_logger()
TRANSACTION = "transactions/commit"
REQUEST_TIMEOUT_SECONDS = 30
ATTEMPTS, LOOKS = 6, 3
FIRST_WAIT_SECONDS = 0.2
# The login has expired (419 is the specification's own number for it): pyiceberg renews it once, and so does this.
LOGIN_EXPIRED = (HTTPStatus.UNAUTHORIZED, 419)
NOT_OFFERED = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.NOT_IMPLEMENTED)
# After these nobody knows. The specification counts 503 as "not done", but servers answer it after a commit, too.
UNKNOWN = (500, 502, 503, 504)
ERRORS: dict[int, type[Exception]] = {409: CommitFailedException} | dict.fromkeys(UNKNOWN, CommitStateUnknownException)
_OFFER = Endpoint(http_method=HttpMethod.POST, path=f"{API_PREFIX}/{TRANSACTION}")
# What pyiceberg assumes of a server that does not list what it offers. By the specification that includes transactions.
_NOTHING_LISTED = (DEFAULT_ENDPOINTS, DEFAULT_ENDPOINTS | VIEW_ENDPOINTS)


class TransactionalRestCatalog(RestCatalog):
    """A REST catalog that commits several tables as one act, with the session and login of all its other requests."""

    def require_transactions(self) -> None:
        """Raises `NotOneActError` if the server's configuration says that it has no `commitTransaction`."""
        if _OFFER not in self._supported_endpoints and self._supported_endpoints not in _NOTHING_LISTED:
            raise NotOneActError(_not_offered(self.url(TRANSACTION), f"its configuration does not list `{_OFFER}`"))

    def commit_transaction(self, changes: Sequence[CommitTableRequest]) -> None:
        """Commit all changes or none.

        A conflict with a writer whose changes the requirements allow is tried again. After an answer that leaves the
        outcome open, the tables are looked at; if nothing was committed, it is tried again, which does no harm if the
        first request comes through late, because the requirements of the other then fail.

        Raises `ChangedMeanwhileError`, `ContestedCommitError` and `NotOneActError`, with nothing committed;
        `TornCommitError` if the server committed a part; `CommitStateUnknownException` if nobody knows; and
        pyiceberg's `RESTError` for other refusals.
        """
        is_open = False
        for attempt in range(ATTEMPTS):
            try:
                self._commit_once(changes)
            except CommitFailedException:
                # Whatever is between may have sent a request again that had been carried out.
                if self._all_landed(changes):
                    return
                for change in changes:
                    table_as_required(self, change)
            except (CommitStateUnknownException, requests.RequestException) as error:
                is_open = True
                log.warning("commit_state_unknown", error=str(error), attempt=attempt + 1)
                with suppress(RESTError, requests.RequestException):  # it cannot be asked now
                    if self._all_landed(changes):
                        return
            except TooManyRequestsError as error:
                log.warning("commit_put_off", error=str(error), attempt=attempt + 1)
            else:
                return
            time.sleep(FIRST_WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 (waiting is no secret)
        raise _given_up(changes, is_open)

    def _commit_once(self, changes: Sequence[CommitTableRequest]) -> None:
        body = json.dumps({"table-changes": [json.loads(change.model_dump_json()) for change in changes]})
        answer = self._post(body)
        if answer.status_code in LOGIN_EXPIRED:
            self._refresh_token()
            answer = self._post(body)
        try:
            answer.raise_for_status()
        except requests.HTTPError as error:
            if answer.status_code == HTTPStatus.NOT_FOUND and _is_missing_table(answer):
                raise ChangedMeanwhileError(
                    f"a table is gone: {answer.text}; nothing was committed. Run this again."
                ) from error
            if answer.status_code in (HTTPStatus.NOT_FOUND, *NOT_OFFERED):
                raise NotOneActError(_not_offered(answer.url, f"it answers {answer.status_code}")) from error
            _handle_non_200_response(error, ERRORS)

    def _post(self, body: str) -> requests.Response:
        return self._session.post(self.url(TRANSACTION), data=body.encode(), timeout=REQUEST_TIMEOUT_SECONDS)

    def _all_landed(self, changes: Sequence[CommitTableRequest]) -> bool:
        """False, too, if a table is gone. Raises `TornCommitError` if some have and others have not."""
        for _ in range(LOOKS):
            try:
                done = landed((change, self.load_table(identifier_of(change)).metadata) for change in changes)
            except NoSuchTableError:
                return False
            if len(set(done.values())) < 2:
                return any(done.values())
            time.sleep(FIRST_WAIT_SECONDS)  # it may have come through while one table after the other was looked at
        raise TornCommitError(_torn(self.uri, done))


def _is_missing_table(answer: requests.Response) -> bool:
    try:
        return ErrorResponse.model_validate_json(answer.text).error.type == "NoSuchTableException"
    except ValidationError:
        return False


def _given_up(changes: Sequence[CommitTableRequest], is_open: bool) -> Exception:
    names = [".".join(identifier_of(change)) for change in changes]
    if not is_open:
        return contested(names)
    return CommitStateUnknownException(
        f"the catalog did not say whether it committed {', '.join(sorted(names))}, and had not when it was last asked."
        " Run this again when it answers: the next run finds out, and puts back what was not published."
    )


def _not_offered(url: str, reason: str) -> str:
    return (
        f"{url} cannot be used: {reason}. A run is published as one act, for which the REST catalog has to commit"
        " several tables at once (`commitTransaction`). Use one that does, or the JDBC catalog"
        " (`spec.storage.catalog.jdbc`); nothing was changed."
    )


def _torn(uri: str, landed: dict[str, bool]) -> str:
    there = ", ".join(sorted(name for name, is_there in landed.items() if is_there))
    missing = ", ".join(sorted(name for name, is_there in landed.items() if not is_there))
    return (
        f"the REST catalog {uri} committed {there} and not {missing}, although its specification makes"
        " `commitTransaction` atomic: readers may see a mix. Run this again, which puts the tables in order, and"
        " use another catalog."
    )
