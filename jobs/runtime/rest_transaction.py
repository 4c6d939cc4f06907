"""Several tables in one commit of a REST catalog.

Source: `commitTransaction` in the Iceberg REST catalog specification, which pyiceberg 0.12 does not call yet.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus

import requests
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.exceptions import CommitStateUnknownException
from pyiceberg.table import CommitTableRequest

TRANSACTION = "transactions/commit"
REQUEST_TIMEOUT_SECONDS = 30
NOT_OFFERED = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)


class ChangedMeanwhileError(Exception):
    """A table is no longer what the change presumes; nothing was committed."""


class NotOneActError(Exception):
    """The catalog cannot commit several tables as one act."""


def commit_over_rest(catalog: RestCatalog, changes: Sequence[CommitTableRequest]) -> None:
    """Commit all changes or none. Raises `ChangedMeanwhileError`, `NotOneActError` or what tells of trouble."""
    url = catalog.url(TRANSACTION)
    body = {"table-changes": [json.loads(change.model_dump_json()) for change in changes]}
    answer = requests.post(url, json=body, headers=_headers(catalog), timeout=REQUEST_TIMEOUT_SECONDS)
    if answer.status_code == HTTPStatus.CONFLICT:
        raise ChangedMeanwhileError(f"the catalog refused a commit: {answer.text}; nothing was committed")
    if answer.status_code in NOT_OFFERED:
        raise NotOneActError(
            f"{url} answers {answer.status_code}: this REST catalog cannot commit several tables as one act. "
            "Use one that has `commitTransaction`, or the JDBC catalog."
        )
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CommitStateUnknownException(f"{url} answers {answer.status_code}: {answer.text}")
    answer.raise_for_status()


def _headers(catalog: RestCatalog) -> dict[str, str]:
    token = catalog.properties.get("token")
    return {"Authorization": f"Bearer {token}"} if token else {}
