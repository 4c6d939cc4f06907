"""What this machine must have before anything is started, checked in a few seconds.

It runs before anything is installed, so it imports nothing outside the standard library, and it is written for Python
3.8, so that a Python which is too old for the project can still say what is missing.
"""

from __future__ import annotations

from telecom.doctor.checks import CHECKS
from telecom.doctor.finding import Finding, Severity

__all__ = ["CHECKS", "Finding", "Severity", "examine"]


def examine() -> list[Finding]:
    """Run every check, in the order a person would fix them."""
    return [check() for check in CHECKS]
