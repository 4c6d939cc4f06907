"""What this machine must have before anything is started, checked in a few seconds."""

from telecom.doctor.checks import CHECKS
from telecom.doctor.finding import Finding, Severity

__all__ = ["CHECKS", "Finding", "Severity", "examine"]


def examine() -> list[Finding]:
    """Run every check, in the order a person would fix them."""
    return [check() for check in CHECKS]
