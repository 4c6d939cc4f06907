"""Calls to a Kubernetes API server: tenacity retries them, refusals are typed errors."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from operators.telecom_pipeline.clusters.credentials import SingleConfig, configured, connected, credentials_in_use
from operators.telecom_pipeline.clusters.open_streams import OpenStreams
from operators.telecom_pipeline.objects.cluster import ClusterError

APPLY_PATCH = "application/apply-patch+yaml"
MERGE_PATCH = "application/merge-patch+json"
CHECK_LOGIN = "`kubectl auth whoami` shows whether the credentials are still valid."
CHECK_RIGHTS = (
    "`kubectl auth can-i --list` shows what these credentials may do. Check the operator's Role if it says so."
)
_RETRYABLE_CODES = frozenset({429, 500, 502, 503, 504})
_UNKNOWN_FIELD = "failed to create typed patch object"
_NAMESPACE_ENDING = "NamespaceTerminating"
_CONFLICT = "Conflict"
_CONNECT_TIMEOUT_SECONDS = 5.0
_CALL_TIMEOUT_SECONDS = 15.0
# The API server sends a bookmark about once a minute, so a watch that stays silent for longer is dead.
WATCH_SILENCE_SECONDS = 100.0


@dataclass(eq=False)  # not frozen: raising sets its traceback
class StatusError(Exception):
    """The API server's own answer (a `Status` object) to a call that it did not carry out."""

    code: int
    reason: str
    message: str
    causes: tuple[str, ...] = ()
    cause_reasons: tuple[str, ...] = ()
    retry_after_seconds: float | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.reason}: {self.message}"

    @property
    def is_overload(self) -> bool:
        """Whether the same call may succeed later. A field that the schema lacks is also answered with 500."""
        return self.code in _RETRYABLE_CODES and not self.message.startswith(_UNKNOWN_FIELD)

    @property
    def is_lost_race(self) -> bool:
        """Whether another write came first. A patch names no version, so it may simply be sent again."""
        return self.code == 409 and self.reason == _CONFLICT and not self.causes

    @property
    def is_namespace_ending(self) -> bool:
        """Whether an object was not created because its namespace is being deleted."""
        return self.code == 403 and _NAMESPACE_ENDING in self.cause_reasons

    @property
    def is_field_conflict(self) -> bool:
        """Whether another field manager owns a field of a server-side apply."""
        return self.code == 409 and bool(self.causes)


class UnreachableError(ClusterError):
    """The API server did not answer, or answered that it is overloaded, after several attempts."""


class ApiServer:
    """One API server. Thread-safe; every method may raise `StatusError` or a `ClusterError`."""

    def __init__(
        self,
        config: SingleConfig | None = None,
        *,
        attempts: int = 6,
        observe_call: Callable[[str, int], None] = lambda method, code: None,
    ) -> None:
        """`config` defaults to the pod's service account or to $KUBECONFIG; `observe_call` gets method and code."""
        self._config = config or configured()
        timeout = httpx2.Timeout(_CALL_TIMEOUT_SECONDS, connect=_CONNECT_TIMEOUT_SECONDS)
        self._client = connected(self._config, timeout)
        self._streams = OpenStreams()
        self._attempts = attempts
        self._observe_call = observe_call

    @property
    def namespace(self) -> str:
        """Namespace of the kubeconfig's context, or the pod's own."""
        return str(self._config.namespace)

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object | None = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        """Send one request and return the answer.

        It is tried again after 429, 5xx, a broken connection, or a patch that lost a race.
        """
        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=_wait,
            retry=retry_if_exception(partial(_is_worth_retrying, method)),
            reraise=True,
        )
        try:
            return retrying(self._call_once, method, path, params, body, content_type)
        except httpx2.TransportError as error:
            raise UnreachableError(_unreachable(self._config.cluster.server, method, path, error)) from error
        except StatusError as error:
            if error.is_overload:
                raise UnreachableError(_unreachable(self._config.cluster.server, method, path, error)) from error
            raise

    @contextmanager
    def stream(self, path: str, params: Mapping[str, str]) -> Iterator[Iterator[str]]:
        """Open a watch; yields its lines until the server ends it. No retries: the caller knows where to resume."""
        timeout = httpx2.Timeout(WATCH_SILENCE_SECONDS, connect=_CONNECT_TIMEOUT_SECONDS)
        with self._client.stream("GET", path, params=dict(params), timeout=timeout) as response:
            self._observe_call("WATCH", response.status_code)
            if response.is_error:
                response.read()
                raise _status_error(response)
            connection: socket.socket = response.extensions["network_stream"].get_extra_info("socket")
            with self._streams.reading(connection):
                yield (line for line in response.iter_lines())

    def end_streams(self) -> None:
        """End watches in other threads, now and in future; calls still work."""
        self._streams.end()

    def close(self) -> None:
        """Close the connections. They must not be in use by any thread; see `end_streams`."""
        self._client.close()

    def _call_once(
        self, method: str, path: str, params: Mapping[str, str] | None, body: object | None, content_type: str
    ) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": content_type} if body is not None else {}
        with credentials_in_use():  # a login command runs, and a token is read, with the call
            response = self._client.request(method, path, params=dict(params or {}), content=content, headers=headers)
        self._observe_call(method, response.status_code)
        if response.is_error:
            raise _status_error(response)
        return _document(response)


def _is_worth_retrying(method: str, error: BaseException) -> bool:
    if isinstance(error, StatusError):
        return error.is_overload or (method == "PATCH" and error.is_lost_race)
    return isinstance(error, httpx2.TransportError)


_exponential = wait_exponential_jitter(multiplier=0.1, max=5.0, jitter=0.2)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, StatusError) and error.retry_after_seconds is not None:
        return error.retry_after_seconds
    return _exponential(state)


def _document(response: httpx2.Response) -> dict[str, Any]:
    answer = _json_object(response)
    if answer is None:
        raise ClusterError(
            f"{response.url} did not answer with a JSON object, so it is not an API server (perhaps a proxy or a "
            f"login page). Check the address with `kubectl cluster-info`. It began: {response.text[:80]!r}"
        )
    return answer


def _json_object(response: httpx2.Response) -> dict[str, Any] | None:
    try:
        answer = response.json()
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _status_error(response: httpx2.Response) -> StatusError:
    status = _json_object(response) or {}  # none in a proxy's page, or while the server is still starting
    details = status.get("details") or {}
    retry_after = response.headers.get("Retry-After", "")
    return StatusError(
        code=response.status_code,
        reason=status.get("reason") or response.reason_phrase,
        message=status.get("message") or response.text[:500],
        causes=tuple(cause.get("message", "") for cause in details.get("causes") or ()),
        cause_reasons=tuple(cause.get("reason", "") for cause in details.get("causes") or ()),
        retry_after_seconds=float(retry_after) if retry_after.isdigit() else None,
    )


def _unreachable(server: str, method: str, path: str, error: Exception) -> str:
    return (
        f"{method} {path} failed at {server} after several attempts: {error or type(error).__name__}. "
        "Check the API server with `kubectl get --raw /readyz`. The operator tries again by itself; repeat a command."
    )
