"""`python -m benchmarks.nightly.one_night SETTINGS NOW`: one night as a process of its own, whose memory can be told.

NOW is an ISO 8601 moment: the benchmark's lake lives on a day of its own, which the command of the job cannot be told.
"""

import datetime as dt
import os
import sys
from pathlib import Path

from contracts.batch_settings import NightlySettings
from jobs.nightly.nightly_run import run_nightly
from jobs.runtime.settings import load_settings


def main() -> int:
    settings, now = load_settings(NightlySettings, Path(sys.argv[1])), dt.datetime.fromisoformat(sys.argv[2])
    report = run_nightly(settings, os.environ, now.date(), now=now)
    for result in report.results:
        if result.blocks:
            print(f"{result.gate.name}: {[str(found) for found in result.evidence]}", file=sys.stderr)
    print(peak_mebibytes())
    return 0 if report.is_published else 3


def peak_mebibytes() -> float:
    """The most memory that this program has held; what the kernel tells a parent counts the parent's before `exec`."""
    status = Path("/proc/self/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peak) / 1024


if __name__ == "__main__":
    sys.exit(main())
