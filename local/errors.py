"""Errors that a person can act on: what was tried, why it failed, what to do next."""

from __future__ import annotations  # the doctor imports it, on any Python from 3.8 on


class LocalError(Exception):
    """Base of all errors of `local`; the command prints its three parts."""

    def __init__(self, tried: str, why: str, next_step: str) -> None:
        # A reason of several lines ends with one of its own, and what to do next begins another.
        separator = "" if why.endswith("\n") else "; "
        super().__init__(f"failed to {tried}: {why}{separator}next: {next_step}")
        self.tried = tried
        self.why = why
        self.next_step = next_step
