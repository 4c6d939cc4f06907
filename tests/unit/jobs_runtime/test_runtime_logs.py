import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from jobs.runtime.logs import configure_logs
configure_logs("cdr-producer")
structlog.get_logger().info("sent", events=3)
logging.getLogger("library").warning("slow")
"""


def test_own_and_library_records_are_json_lines_on_stderr() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    own, library = (json.loads(line) for line in run.stderr.splitlines())
    assert run.stdout == ""
    assert (own["component"], own["event"], own["events"], own["level"]) == ("cdr-producer", "sent", 3, "info")
    assert (library["component"], library["event"], library["level"]) == ("cdr-producer", "slow", "warning")
