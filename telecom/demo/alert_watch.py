"""Watches the alert topic during a run, as any consumer of committed records does."""

import threading
import time
from pathlib import Path

from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from operators.telecom_pipeline.objects.manifest import Ref
from telecom.audit.alert_score import SeenAlert
from telecom.audit.alerts import read_alerts


class AlertWatch:
    """Collects alerts with the times of their arrival, in a thread, from `start` to `stop`."""

    def __init__(self, store_file: Path, pipeline: Ref, scratch: Path) -> None:
        self._store_file = store_file
        self._pipeline = pipeline
        self._scratch = scratch
        self._seen: list[SeenAlert] = []
        self._failure: LocalError | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._collect, name="alert-watch", daemon=True)

    def start(self) -> None:
        """Begin with the oldest alert that Kafka keeps."""
        self._thread.start()

    def seen(self) -> tuple[SeenAlert, ...]:
        """All alerts so far, in order of arrival. Raises the error that ended the watch, if one did."""
        if self._failure is not None:
            raise self._failure
        return tuple(self._seen)

    def stop(self) -> None:
        """End the watch."""
        self._over.set()
        self._thread.join()

    def _collect(self) -> None:
        store = SqliteCluster(self._store_file)
        try:
            for alert in read_alerts(store, self._pipeline, self._scratch, follow=True, is_over=self._over.is_set):
                self._seen.append(SeenAlert(alert, int(time.time() * 1000)))
        except LocalError as error:
            self._failure = error
        finally:
            store.close()
