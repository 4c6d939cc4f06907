"""Processes outlive their supervisor, ports are kept, and a stop leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from engines import wait_until

from local.state.paths import StateDirectory
from local.supervisor.logs import bound
from local.supervisor.ports import PortBook
from local.supervisor.processes import MARK, start_identity
from local.supervisor.record import Phase
from local.supervisor.spec import ProcessSpec, TcpProbe
from local.supervisor.supervisor import Supervisor

pytestmark = pytest.mark.engine

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
LISTENER = (
    sys.executable,
    "-c",
    "import socket, sys, time\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\ntime.sleep(600)",
)
IGNORES_SIGTERM = (
    sys.executable,
    "-c",
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(600)",
)
# Starts a grandchild that leaves its session, as daemons do, and stays.
WITH_RUNAWAY = (
    sys.executable,
    "-c",
    "import subprocess, sys, time\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
    "time.sleep(600)",
)


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    return StateDirectory.open(tmp_path / "state")


@pytest.fixture
def new_supervisor(state: StateDirectory) -> Iterator[Callable[[], Supervisor]]:
    opened: list[Supervisor] = []

    def open_one() -> Supervisor:
        opened.append(Supervisor(state, PortBook(state.run)))
        return opened[-1]

    yield open_one
    for supervisor in opened[:-1]:
        supervisor.close()
    last = opened[-1] if opened else open_one()
    last.stop_all()
    last.close()
    assert marked(state) == []


def marked(state: StateDirectory) -> list[int]:
    """Processes of this state directory that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            is_ours = process.environ().get(MARK, "").startswith(f"{state.root}/")
            if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def spec(state: StateDirectory, argv: tuple[str, ...], name: str = "p", **fields: object) -> ProcessSpec:
    base = ProcessSpec(name, argv, state.log_file(name), state.root, {"PATH": os.environ["PATH"]})
    return replace(base, **fields)  # type: ignore[arg-type]


def tick_until(supervisor: Supervisor, condition: Callable[[], object], what: str) -> None:
    wait_until(lambda: (supervisor.tick(), condition())[1], what)


def is_ready(supervisor: Supervisor, name: str = "p") -> bool:
    record = supervisor.record(name)
    return record is not None and record.is_ready


def test_a_new_supervisor_finds_the_processes_of_the_one_before(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor]
) -> None:
    first = new_supervisor()
    first.ensure(spec(state, SLEEPER))
    tick_until(first, lambda: is_ready(first), "it runs")
    pid = first.command_pid("p")
    first.close()
    second = new_supervisor()
    second.ensure(spec(state, SLEEPER))
    second.tick()
    assert second.command_pid("p") == pid
    assert len(marked(state)) == 2  # the command and the leader of its session


def test_the_exit_code_of_a_process_is_known_to_a_supervisor_that_did_not_start_it(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor]
) -> None:
    first = new_supervisor()
    go = state.root / "go"
    code = f"import os, sys, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.02)\nsys.exit(7)"
    first.ensure(spec(state, (sys.executable, "-c", code)))
    tick_until(first, lambda: is_ready(first), "it runs")
    first.close()
    second = new_supervisor()
    second.ensure(spec(state, (sys.executable, "-c", code)))
    go.touch()
    tick_until(second, lambda: second.record("p").phase is Phase.BACKING_OFF, "its end is seen")  # type: ignore[union-attr]
    record = second.record("p")
    assert record is not None and record.exit_code == 7


def test_a_supervisor_killed_in_the_middle_leaves_a_process_that_is_found_not_doubled(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor]
) -> None:
    code = (
        "import sys, time, os\n"
        "from pathlib import Path\n"
        "from local.state.paths import StateDirectory\n"
        "from local.supervisor.ports import PortBook\n"
        "from local.supervisor.spec import ProcessSpec\n"
        "from local.supervisor.supervisor import Supervisor\n"
        "state = StateDirectory.open(Path(sys.argv[1]))\n"
        "supervisor = Supervisor(state, PortBook(state.run))\n"
        "argv = (sys.executable, '-c', 'import time; time.sleep(600)')\n"
        "supervisor.ensure(ProcessSpec('p', argv, state.log_file('p'), state.root, {'PATH': os.environ['PATH']}))\n"
        "while True:\n    supervisor.tick(); time.sleep(0.05)\n"
    )
    victim = subprocess.Popen([sys.executable, "-c", code, str(state.root)])
    try:
        wait_until(lambda: len(marked(state)) == 2, "the process runs")
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    before = set(marked(state))
    assert len(before) == 2
    supervisor = new_supervisor()
    supervisor.ensure(spec(state, SLEEPER))
    tick_until(supervisor, lambda: is_ready(supervisor), "it is found")
    assert set(marked(state)) == before


def test_a_process_that_ignores_its_stop_signal_is_killed_after_its_grace(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor]
) -> None:
    supervisor = new_supervisor()
    deaf = spec(state, IGNORES_SIGTERM, stop_grace_seconds=0.3)
    supervisor.ensure(deaf)
    tick_until(supervisor, lambda: "deaf" in deaf.log_file.read_text(), "it ignores SIGTERM")
    supervisor.remove("p")
    tick_until(supervisor, lambda: supervisor.remove("p"), "it is gone")
    assert marked(state) == []


def test_a_runaway_grandchild_does_not_outlive_the_process(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor]
) -> None:
    supervisor = new_supervisor()
    supervisor.ensure(spec(state, WITH_RUNAWAY))
    tick_until(supervisor, lambda: len(marked(state)) == 3, "its grandchild runs")
    supervisor.remove("p")
    tick_until(supervisor, lambda: supervisor.remove("p"), "it is gone")
    assert marked(state) == []


@pytest.mark.parametrize("same_tick", [False, True], ids=["another start time", "the same clock tick"])
def test_only_own_processes_are_signalled(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor], same_tick: bool
) -> None:
    stranger = subprocess.Popen([*SLEEPER])
    try:
        supervisor = new_supervisor()
        supervisor.ensure(spec(state, SLEEPER))
        tick_until(supervisor, lambda: is_ready(supervisor), "it runs")
        # As after a reboot: the pid that was written down is now another program's.
        record_file = state.run / "p.process.json"
        forged = json.loads(record_file.read_text()) | {"pid": stranger.pid, "created": f"reboot/{stranger.pid}"}
        if same_tick:
            forged["created"] = start_identity(stranger.pid)
        supervisor.stop_all()
        supervisor.close()
        record_file.write_text(json.dumps(forged))
        successor = new_supervisor()
        successor.stop_all()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_kept_port_that_somebody_else_took_is_reported_with_its_holder(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor]
) -> None:
    ports = PortBook(state.run)
    port = ports.claim("p")
    supervisor = new_supervisor()
    listener = spec(state, (*LISTENER, str(port)), ports=(port,), readiness=TcpProbe(port))
    supervisor.ensure(listener)
    tick_until(supervisor, lambda: is_ready(supervisor), "it listens")
    supervisor.remove("p")
    tick_until(supervisor, lambda: supervisor.remove("p"), "it is gone")
    with socket.create_server(("127.0.0.1", port)):
        supervisor.ensure(listener)
        supervisor.tick()
        record = supervisor.record("p")
        assert record is not None and record.phase is Phase.BACKING_OFF
        assert f"port {port} is in use by" in record.reason and f"pid {os.getpid()}" in record.reason
        assert PortBook(state.run).claim("p") == port
    tick_until(supervisor, lambda: is_ready(supervisor), "it starts by itself once the port is free")


def test_a_port_that_was_never_used_is_chosen_again(
    state: StateDirectory, new_supervisor: Callable[[], Supervisor]
) -> None:
    port = PortBook(state.run).claim("p")
    supervisor = new_supervisor()
    with socket.create_server(("127.0.0.1", port)):
        supervisor.ensure(spec(state, (*LISTENER, str(port)), ports=(port,)))
        supervisor.tick()
        assert PortBook(state.run).claim("p") != port


def test_a_log_past_its_limit_is_moved_while_the_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "p.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 200)
        bound(log, limit_bytes=100)
        writer.write(b"after")
    assert log.read_bytes() == b"after"
    assert (tmp_path / "p.log.1").read_bytes() == b"x" * 200
