"""LocalCluster: objects in a store, adapters that run them, services beside them, and one level-triggered loop."""

import threading
import time
from collections.abc import Sequence

import structlog

from local.adapters.adapter import Adapter
from local.adapters.registry import all_adapters
from local.cluster.adapter_loop import RESYNC_SECONDS, RETRY_SECONDS, AdapterLoop
from local.cluster.object_store import SqliteCluster
from local.cluster.process_figures import ProcessFigures
from local.cluster.reconcile_pipelines import pipeline_namespaces, reconcile_pipelines
from local.services.platform_services import PlatformServices
from local.services.token_key import token_key_secret
from local.state.paths import StateDirectory
from local.supervisor.machine import Machine
from local.supervisor.ports import PortBook
from local.supervisor.supervisor import Supervisor
from operators.telecom_pipeline.figures.recent_figures import RecentFigures

log = structlog.get_logger()

ACTIVE_PAUSE_SECONDS = 0.05
IDLE_PAUSE_SECONDS = 0.2
FIGURES_SECONDS = 10.0


class LocalCluster:
    """One state directory's cluster. Only one process may run it; others use its store."""

    def __init__(self, state: StateDirectory, adapters: Sequence[Adapter] | None = None) -> None:
        ports = PortBook(state.run)
        self.store = SqliteCluster(state.store)
        self.machine = Machine(state, ports, Supervisor(state, ports))
        self.services = PlatformServices()
        self._adapters = AdapterLoop(self.store, all_adapters() if adapters is None else adapters, self.machine)
        self._figures = RecentFigures(ProcessFigures(self.machine), FIGURES_SECONDS)
        self._last_version = -1
        self._last_pass = 0.0
        self._has_unsettled = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def tick(self) -> bool:
        """Take one step for everything; True if the next one should come soon."""
        supervisor = self.machine.supervisor
        changed = supervisor.tick()
        version = self.store.resource_version()
        is_due = time.monotonic() - self._last_pass > (RETRY_SECONDS if self._has_unsettled else RESYNC_SECONDS)
        if not (changed or version != self._last_version or is_due):
            return supervisor.is_moving
        self._last_version, self._last_pass = version, time.monotonic()
        self._sync_everything()
        return supervisor.is_moving or self.store.resource_version() != version

    def run(self) -> None:
        """Tick until `stop_loop` is called."""
        while not self._stopping.is_set():
            try:
                busy = self.tick()
            except Exception:  # the loop keeps the processes alive, so it logs the error and continues
                log.exception("tick failed")
                busy = False
            self._stopping.wait(ACTIVE_PAUSE_SECONDS if busy else IDLE_PAUSE_SECONDS)

    def start_thread(self) -> None:
        """Run the loop in a thread of this process."""
        self._thread = threading.Thread(target=self.run, name="local-cluster", daemon=True)
        self._thread.start()

    def stop_loop(self) -> None:
        """End the loop; the processes keep running."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def close(self, stop_processes: bool) -> None:
        """End the loop and, if asked, every process: workloads first, storage last."""
        self.stop_loop()
        if stop_processes:
            self.machine.supervisor.stop_all()
        self.machine.supervisor.close()
        self.store.close()

    def publish_connections(self, namespace: str) -> None:
        """Write the ConfigMaps and Secrets through which a namespace's pipelines find services and token key."""
        self.store.apply(token_key_secret(self.machine, namespace))
        for service in self.services.wanted():
            for manifest in service.connection_objects(self.machine, namespace):
                self.store.apply(manifest)

    def _sync_everything(self) -> None:
        self.services.sync(self.machine)
        for namespace in pipeline_namespaces(self.store):
            self.publish_connections(namespace)
        are_settled = reconcile_pipelines(self.store, self._figures)
        keep = {service.name for service in self.services.wanted()} | self._adapters.sync()
        self._has_unsettled = not are_settled or self._adapters.has_unsettled
        self.machine.supervisor.keep_only(keep)
