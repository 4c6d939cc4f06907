"""The check that comes before anything is started."""

from local.errors import LocalError
from telecom.doctor import Severity, examine
from telecom.doctor.finding import Need
from telecom.doctor.report import remedy


class MachineNotReadyError(LocalError):
    """Something without which nothing can start is missing."""


def require_ready_machine() -> None:
    """Raise `MachineNotReadyError` that names everything that is missing for a demo."""
    findings = [finding for finding in examine() if finding.needed_for is Need.DEMO]
    missing = [finding for finding in findings if finding.severity is Severity.FATAL]
    if missing:
        lines = "".join(f"\n  {finding.subject}: {finding.found}; {finding.advice}" for finding in missing)
        next_step = remedy(missing) or "install it, then `make doctor`"
        raise MachineNotReadyError("use this machine", f"it lacks{lines}\n", next_step)
