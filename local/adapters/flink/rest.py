"""The few calls to a JobManager's REST API."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from local.supervisor.loopback import LOOPBACK

_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class FlinkRest:
    """One JobManager; None is the answer to a question that it cannot answer now."""

    port: int

    def job(self, job_id: str) -> dict[str, Any] | None:
        """The job's details: `state`, `name`, `start-time`, `vertices`."""
        return self._ask(f"/jobs/{job_id}")

    def stop_with_savepoint(self, job_id: str) -> str | None:
        """Ask for a stop with savepoint; the request's id."""
        answer = self._ask(f"/jobs/{job_id}/stop", {"drain": False})
        return answer["request-id"] if answer else None

    def savepoint(self, job_id: str, request_id: str) -> dict[str, Any] | None:
        """The finished request's `operation`, with `location` or `failure-cause`; None while it is in progress."""
        answer = self._ask(f"/jobs/{job_id}/savepoints/{request_id}")
        if answer is None or answer["status"]["id"] != "COMPLETED":
            return None
        operation: dict[str, Any] = answer["operation"]
        return operation

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.port}{path}", data=data)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 (loopback)
                found: dict[str, Any] = json.load(answer)
                return found
        except (OSError, urllib.error.HTTPError):
            return None
