"""Stands in for upstream operators on an API server: adapters run the real engines here and write their status."""

import threading
from collections.abc import Sequence

import structlog

from local.adapters.adapter import Adapter
from local.cluster.adapter_loop import RETRY_SECONDS, AdapterLoop
from local.kubernetes.service_addresses import with_service_addresses
from local.state.paths import StateDirectory
from local.supervisor.machine import Machine
from local.supervisor.ports import PortBook
from local.supervisor.supervisor import Supervisor
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.clusters.passing import PassingCluster
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref

log = structlog.get_logger()


class StandIn:
    """Adapters over the objects of one namespace, in a thread for the duration of a `with`, whose end stops them."""

    def __init__(
        self, cluster: KubeCluster, namespace: str, adapters: Sequence[Adapter], state: StateDirectory, address: str
    ) -> None:
        """`address` is where pods find this machine."""
        ports = PortBook(state.run)
        self._machine = Machine(state, ports, Supervisor(state, ports), address)
        self._loop = AdapterLoop(NamespaceStore(cluster, namespace), adapters, self._machine)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stand-in", daemon=True)

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._machine.supervisor.stop_all()
        self._machine.supervisor.close()

    def _run(self) -> None:
        while not self._stopping.wait(RETRY_SECONDS):
            try:
                self._machine.supervisor.tick()
                self._machine.supervisor.keep_only(self._loop.sync())
            except ClusterError as error:
                log.warning("API server", error=str(error))


class NamespaceStore(PassingCluster[KubeCluster]):
    """One namespace of an API server as the store of an `AdapterLoop`."""

    def __init__(self, cluster: KubeCluster, namespace: str) -> None:
        super().__init__(cluster)
        self._namespace = namespace

    def list_kind(self, kind: Kind) -> Sequence[Manifest]:
        """All objects of a kind in the namespace, with addresses that the node can reach."""
        objects = self._cluster.list(kind, self._namespace)
        return [manifest | {"spec": with_service_addresses(manifest["spec"], self._address)} for manifest in objects]

    def set_finalizers(self, ref: Ref, finalizers: Sequence[str]) -> None:
        """See `Store.set_finalizers`."""
        self._cluster.set_finalizers(ref, finalizers)

    def _address(self, service: Ref) -> str | None:
        found = self._cluster.get(service)
        return found["spec"]["clusterIP"] if found else None
