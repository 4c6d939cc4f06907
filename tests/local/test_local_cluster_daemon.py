"""The daemon: one per state directory, killed and started again without loss, stopped without a trace."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from engines import condition_of, wait_until
from test_local_cluster_workloads import IMAGE, RUN_ON

from local.cluster import daemon
from local.cluster import daemon_control as control
from local.cluster.daemon_control import Row
from local.cluster.object_store import SqliteCluster
from local.state.paths import StateDirectory
from local.supervisor.processes import MARK
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref

pytestmark = pytest.mark.engine

REF = Ref(names.DEPLOYMENT, "n", "d")
PROCESS = "deployment.n.d.0"


@pytest.fixture
def stopped() -> Iterator[StateDirectory]:
    """A state directory that nothing drives yet."""
    # PostgreSQL runs as `nobody` for root, who may not enter pytest's own folder.
    state = StateDirectory.open(Path(tempfile.mkdtemp(prefix="telecom-daemon-")))
    try:
        yield state
    finally:
        control.delete_everything(state)
        shutil.rmtree(state.root, ignore_errors=True)


@pytest.fixture
def state(stopped: StateDirectory) -> StateDirectory:
    """A state directory with a daemon and no service."""
    assert control.start_daemon(stopped, [])
    return stopped


@pytest.fixture
def with_postgres(stopped: StateDirectory) -> StateDirectory:
    """A state directory with a daemon that runs PostgreSQL."""
    assert control.start_daemon(stopped, ["postgres"])
    wait_until(lambda: is_ready(stopped, "postgres"), "PostgreSQL is ready", 120)
    return stopped


def row(state: StateDirectory, component: str) -> Row | None:
    return next((found for found in control.describe(state) if found.component == component), None)


def is_ready(state: StateDirectory, component: str) -> bool:
    found = row(state, component)
    return found is not None and found.state == "Ready"


def apply_deployment(state: StateDirectory) -> None:
    container = {"name": "c", "image": IMAGE, "command": ["python", "-c", RUN_ON]}
    store = SqliteCluster(state.store)
    store.apply(
        {
            "apiVersion": REF.kind.api_version,
            "kind": REF.kind.name,
            "metadata": {"name": REF.name, "namespace": REF.namespace},
            "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}},
        }
    )
    store.close()
    wait_until(lambda: is_ready(state, PROCESS), "the Deployment runs")


def processes_of(state: StateDirectory) -> set[int]:
    """Every process of the state directory except the daemon."""
    found = set()
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK, "").startswith(f"{state.root}/"):
                found.add(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def leaders_of(state: StateDirectory) -> set[int]:
    """Its processes that the daemon started, without what these started in turn."""
    return {pid for pid in processes_of(state) if os.getsid(pid) == pid}


def test_a_killed_daemon_is_replaced_and_nothing_is_restarted(with_postgres: StateDirectory) -> None:
    state = with_postgres
    apply_deployment(state)
    before = leaders_of(state)
    running = daemon.read_state(state)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: not control.is_running(state), "the daemon is dead")
    assert row(state, daemon.LOG_NAME).state == "Stopped"  # type: ignore[union-attr]
    assert control.start_daemon(state, ["postgres"])
    wait_until(lambda: "postgres" in control.ready_services(state), "the new daemon knows PostgreSQL", 60)
    assert leaders_of(state) == before


# As daemons of before 0.1.0 were called, and what they wrote about themselves.
FORMER_DAEMON = """
import json, os, pathlib, signal, sys
from filelock import FileLock
run = pathlib.Path(sys.argv[sys.argv.index("--state") + 1]) / "run"
lock = FileLock(run / "daemon.lock")
lock.acquire()
(run / "daemon.new").write_text(json.dumps({"pid": os.getpid(), "ready_services": []}))
(run / "daemon.new").replace(run / "daemon.json")
signal.sigwait({signal.SIGTERM, signal.SIGUSR1})
"""


def test_a_daemon_of_an_earlier_version_is_named_and_can_be_stopped(stopped: StateDirectory) -> None:
    former = subprocess.Popen([sys.executable, "-c", FORMER_DAEMON, "--state", str(stopped.root)])
    try:
        wait_until(lambda: control.is_running(stopped) and daemon.read_state(stopped) is not None, "it runs")
        with pytest.raises(control.DaemonError, match=r"before 0\.1\.0 runs here.*telecom down"):
            control.start_daemon(stopped, [])
        control.stop_everything(stopped)
        assert former.wait(5) is not None
    finally:
        former.kill()
        former.wait()


def test_a_second_daemon_is_refused(state: StateDirectory) -> None:
    assert not control.start_daemon(state)
    assert daemon.main(["--state", str(state.root)]) == 1


def test_a_change_in_the_store_is_acted_on_by_the_daemon(state: StateDirectory) -> None:
    apply_deployment(state)
    store = SqliteCluster(state.store)
    assert condition_of(store.get(REF), "Available")["status"] == "True"
    store.delete(REF)
    wait_until(lambda: store.get(REF) is None, "the Deployment is gone")
    store.close()
    wait_until(lambda: row(state, PROCESS) is None, "its process is gone")


def test_stopping_leaves_the_data_and_no_process(with_postgres: StateDirectory) -> None:
    state = with_postgres
    apply_deployment(state)
    control.stop_everything(state)
    assert processes_of(state) == set()
    assert [found.component for found in control.describe(state)] == [daemon.LOG_NAME]
    assert SqliteCluster(state.store).get(REF) is not None
    assert control.start_daemon(state, ["postgres"])
    wait_until(lambda: is_ready(state, PROCESS), "the Deployment runs again", 60)


@pytest.mark.parametrize("with_services", ["state", "with_postgres"])
def test_stopping_works_without_a_daemon(request: pytest.FixtureRequest, with_services: str) -> None:
    state: StateDirectory = request.getfixturevalue(with_services)
    apply_deployment(state)
    running = leaders_of(state)
    control.stop_daemon(state)
    assert leaders_of(state) == running != set()
    control.stop_everything(state)
    assert processes_of(state) == set()
