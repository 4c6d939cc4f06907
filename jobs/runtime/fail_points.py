"""Places where a test may kill a process, to prove that nothing is lost or doubled there. Each job names its own.

With `TELECOM_FAIL_POINT=<name>` or `<name>:<n>` the process sends itself SIGKILL when it reaches that place (for the
n-th time). Without it, as in production, nothing happens.
"""

import os
import signal

ENVIRONMENT_VARIABLE = "TELECOM_FAIL_POINT"


class _FailPoint:
    def __init__(self, setting: str) -> None:
        self.name, _, count = setting.partition(":")
        self.passes_left = int(count or 1)

    def reach(self, name: str) -> None:
        if name != self.name:
            return
        self.passes_left -= 1
        if self.passes_left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


reach = _FailPoint(os.environ.get(ENVIRONMENT_VARIABLE, "")).reach
