"""Starts the operator and holds its parts together."""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any, cast

import kopf
from prometheus_client import CollectorRegistry, ProcessCollector

from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.clusters.rest import ApiServer, StatusError
from operators.telecom_pipeline.controller.conflict import conflict_event
from operators.telecom_pipeline.controller.election import Election
from operators.telecom_pipeline.controller.handlers import register
from operators.telecom_pipeline.controller.metrics import OperatorMetrics
from operators.telecom_pipeline.controller.probes import Check, Probes, ProbesError
from operators.telecom_pipeline.controller.settings import OperatorSettings, OperatorSettingsError, read_settings
from operators.telecom_pipeline.controller.wake_ups import WakeUps, pipeline_of
from operators.telecom_pipeline.controller.watchdog import Watchdog
from operators.telecom_pipeline.controller.worker import Worker
from operators.telecom_pipeline.figures.pod_figures import PodFigures
from operators.telecom_pipeline.figures.recent_figures import RecentFigures
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.objects.names import CHILD_KINDS, POD

_log = logging.getLogger(__name__)
LEASE_NAME = "telecom-operator"
LOST_LEASE_EXIT_CODE = 3
_RELEASE_SECONDS = 10.0
_CRD_SECONDS = 2.0


def main() -> int:
    """Run until a signal; returns the exit code."""
    kopf.configure(log_format=kopf.LogFormat.JSON)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _exit)  # while it waits for the lease; kopf has its own handler
    try:
        settings = read_settings(os.environ)
        _Operator(settings).run()
    except (OperatorSettingsError, ProbesError, ClusterError) as error:
        _log.error("%s", error)
        return 2
    return 0


def _is_ending(pipeline: Manifest) -> bool:
    return "deletionTimestamp" in pipeline["metadata"]


def _exit(*_: object) -> None:
    sys.exit(0)


class _Operator:
    """The parts of one process."""

    def __init__(self, settings: OperatorSettings) -> None:
        self._settings = settings
        self._wake_ups = WakeUps()
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._metrics = OperatorMetrics(self._registry, lambda: self._cluster.seconds_since_contact())
        self._server = ApiServer(observe_call=self._metrics.count_call)
        self._cluster = KubeCluster(
            self._server,
            namespaces=settings.namespaces or None,
            on_change=self._wake_ups.ring,
            on_conflict=self._tell_of_conflict,
        )
        self._watchdog = Watchdog(2 * settings.ready_seconds)
        self._is_settled = Event()

    def run(self) -> None:
        """Serve the probes, wait for the lease, work."""
        checks = {
            "/live": Check(self._is_live, "a watch is stale, or a pipeline is no longer reconciled"),
            "/ready": Check(self._is_settled.is_set, "starting"),
        }
        with Probes(self._settings.http_host, self._settings.http_port, self._registry, checks) as probes:
            _log.info("Serving /metrics, /live and /ready on port %d", probes.port)
            try:
                with self._lease() if self._settings.leader_election else nullcontext():
                    self._work()
            finally:
                self._cluster.close()

    def _work(self) -> None:
        self._metrics.leader.set(1)
        for kind in (TELECOM_PIPELINE, *CHILD_KINDS, POD):
            self._cluster.watch(kind)
        self._wait_for_own_kind()
        figures = RecentFigures(PodFigures(self._cluster), self._settings.figures_seconds)
        worker = Worker(self._cluster, self._metrics, self._watchdog, figures)
        registry = kopf.OperatorRegistry()
        register(registry, self._settings, worker, self._wake_ups)
        kopf.run(
            registry=registry,
            identity=cast(
                Any, self._settings.identity
            ),  # kopf would ask for a user name, which a pod's user does not have
            standalone=True,
            clusterwide=not self._settings.namespaces,
            namespaces=self._settings.namespaces,
            ready_flag=self._is_settled,
        )

    def _wait_for_own_kind(self) -> None:
        """kopf looks only once for the kinds that exist: if it starts before the CRD, it never sees a pipeline."""
        while not self._cluster.serves(TELECOM_PIPELINE):
            _log.warning("The cluster does not serve %s yet: install the CRD", TELECOM_PIPELINE.name)
            time.sleep(_CRD_SECONDS)

    def _tell_of_conflict(self, manifest: Manifest, message: str) -> None:
        """Count it and post an Event before the field is taken back."""
        self._metrics.count_drift(ref_of(manifest))
        key = pipeline_of(manifest)
        pipeline = self._cluster.get(Ref(TELECOM_PIPELINE, *key)) if key else None
        if pipeline is None:
            return
        event = conflict_event(pipeline, manifest, message, datetime.now(UTC))
        try:
            self._server.call("POST", f"/api/v1/namespaces/{pipeline['metadata']['namespace']}/events", body=event)
        except (ClusterError, StatusError) as error:  # a missing Event is not a reason to leave the field
            _log.warning("No Event was posted about %s: %s", ref_of(manifest), error)

    def _is_live(self) -> bool:
        existing = (ref_of(pipeline) for pipeline in self._cluster.seen(TELECOM_PIPELINE) if not _is_ending(pipeline))
        is_fresh = self._cluster.seconds_since_contact() < self._settings.stale_watch_seconds
        return is_fresh and not self._watchdog.overdue(existing)

    @contextmanager
    def _lease(self) -> Iterator[None]:
        """Wait for the lease, hold it for the duration of the block, then give it up at once."""
        settings, stop = self._settings, Event()
        election = Election(self._server, settings.operator_namespace, LEASE_NAME, settings.identity)
        _log.info("Waiting for the lease %s/%s", settings.operator_namespace, LEASE_NAME)
        self._is_settled.set()  # a standby is ready: a rollout must not wait for it to lead
        election.wait_until_elected(stop)
        _log.info("%s is the leader", settings.identity)

        def hold() -> None:
            election.hold(stop)
            if not stop.is_set():
                # Another operator may start at any moment, so stop at once without finishing anything.
                _log.error("The lease was lost")
                logging.shutdown()
                os._exit(LOST_LEASE_EXIT_CODE)

        holder = Thread(target=hold, name="lease", daemon=True)
        holder.start()
        try:
            yield
        finally:
            stop.set()
            holder.join(_RELEASE_SECONDS)
