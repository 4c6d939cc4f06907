"""The check that comes before anything is started."""

from local.errors import LocalError
from telecom.doctor import Severity, examine


class MachineNotReadyError(LocalError):
    """Something without which nothing can start is missing."""


def require_ready_machine() -> None:
    """Raise `MachineNotReadyError` that names everything that is missing."""
    missing = [finding for finding in examine() if finding.severity is Severity.FATAL]
    if missing:
        lines = "".join(f"\n  {finding.subject}: {finding.found}; {finding.advice}" for finding in missing)
        raise MachineNotReadyError("use this machine", f"it lacks{lines}\n", "install it, then `make doctor`")
