"""Reads the metrics page of a process over HTTP."""

import urllib.request

ANSWER_SECONDS = 1.0


def read_metrics_page(base_url: str) -> str | None:
    """Text of `/metrics` below the address; None if there is no answer in time."""
    try:
        with urllib.request.urlopen(f"{base_url}/metrics", timeout=ANSWER_SECONDS) as response:  # noqa: S310
            text: str = response.read().decode()
            return text
    except (OSError, ValueError):
        return None
