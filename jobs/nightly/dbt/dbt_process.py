"""A dbt that gets ready before it is asked. It runs in dbt's own environment, where nothing of ours can be imported.

`dbt-python dbt_process.py [FILE]` imports dbt and reads FILE, the project as dbt parsed it before. Then it
waits for one line on standard input, JSON: `command` (the words after `dbt`) and `environment` (variables to set). It
runs that command as dbt's own command line would and ends with its exit code; without a line it ends with 0. It ends
with its parent, too: nobody may go on building tables of a run that was killed.
Source: https://docs.getdbt.com/reference/programmatic-invocations
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import dbt.adapters.trino
import dbt.task.build  # noqa: F401 (dbt imports these two when it runs a command; here they cost no time)
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder

PARENT_POLL_SECONDS = 0.5


def main(parsed: Path | None) -> int:
    """Get ready, wait and run; return the exit code."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    manifest = _read(parsed) if parsed else None
    line = sys.stdin.readline()
    if not line:
        return 0
    request = json.loads(line)
    os.environ.update(request["environment"])
    done = dbtRunner(manifest=manifest).invoke(request["command"])
    if done.exception:
        print(done.exception, file=sys.stderr)
    return 0 if done.success else 1


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    os._exit(1)


def _read(parsed: Path) -> Manifest:
    return Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
