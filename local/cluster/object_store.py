"""LocalCluster's objects in one SQLite file, with the semantics of a Kubernetes API server that our code relies on."""

import base64
import json
import sqlite3
import threading
import uuid
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of
from operators.telecom_pipeline.objects.timestamps import timestamp

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  api_version TEXT NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  uid TEXT NOT NULL, resource_version INTEGER NOT NULL, manifest TEXT NOT NULL,
  PRIMARY KEY (api_version, kind, namespace, name));
CREATE TABLE IF NOT EXISTS counter (resource_version INTEGER NOT NULL);
INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);
"""
# Metadata that the store writes, and that it ignores in a manifest.
_SERVER_METADATA = ("uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "managedFields")
_WITHOUT_GENERATION = ("ConfigMap", "Secret")
_BUSY_SECONDS = 10.0


class SqliteCluster:
    """`Cluster` on one machine, which several processes and threads may share.

    Apply replaces what was applied before and leaves status, finalizers and server metadata alone. The file is closed
    by `close`, or with the last reference to the store.
    """

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
        self._file = file
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            # At the end of the process threads may still use it.
            weakref.finalize(self, self._db.close).atexit = False
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            clean = StateDirectory(file.parent.absolute()).command("clean")
            raise ClusterError(f"The store {file} cannot be opened: {error}. If it is damaged: `{clean}`") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def apply(self, manifest: Manifest) -> Manifest:
        """Make the object as written and return it as stored; an unchanged manifest changes nothing."""
        ref = ref_of(manifest)
        wanted = _as_applied(manifest)

        def change(stored: Manifest | None) -> Manifest:
            if stored is None:
                return _created(wanted)
            return _updated(stored, wanted)

        return self._change(ref, change)

    def apply_status(self, ref: Ref, status: Mapping[str, object]) -> None:
        """Replace the status of an object; an equal one changes nothing. Raises `ClusterError` for an absent object."""
        content = json.loads(json.dumps(status))

        def change(stored: Manifest | None) -> Manifest:
            return {**_present(stored, ref), "status": content}

        self._change(ref, change)

    def get(self, ref: Ref) -> Manifest | None:
        """Return the object as stored, or None."""
        rows = self._query(
            "SELECT manifest FROM objects WHERE api_version=? AND kind=? AND namespace=? AND name=?", _key(ref)
        )
        return json.loads(rows[0][0]) if rows else None

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[Manifest]:
        """Objects of a kind whose labels contain `labels`, ordered by name."""
        rows = self._query(
            "SELECT manifest FROM objects WHERE api_version=? AND kind=? AND namespace=? ORDER BY name",
            (kind.api_version, kind.name, namespace),
        )
        return [manifest for manifest in map(_parse, rows) if _has_labels(manifest, labels or {})]

    def list_kind(self, kind: Kind) -> Sequence[Manifest]:
        """Objects of a kind in all namespaces, ordered by namespace and name."""
        rows = self._query(
            "SELECT manifest FROM objects WHERE api_version=? AND kind=? ORDER BY namespace, name",
            (kind.api_version, kind.name),
        )
        return [_parse(row) for row in rows]

    def list_all(self) -> Sequence[Manifest]:
        """Every object, ordered by kind, namespace and name."""
        return [_parse(row) for row in self._query("SELECT manifest FROM objects ORDER BY kind, namespace, name", ())]

    def delete(self, ref: Ref) -> None:
        """Ask for deletion: an object with finalizers is only marked, any other goes at once with what it owns."""
        stored = self.get(ref)
        if stored is None:
            return
        if stored["metadata"].get("finalizers"):
            self._change(ref, lambda current: _marked_for_deletion(_present(current, ref)))
        else:
            self._remove(ref, stored["metadata"]["uid"])

    def set_finalizers(self, ref: Ref, finalizers: Sequence[str]) -> None:
        """Replace the finalizers; an object marked for deletion goes with the last. An absent object is left alone."""
        stored = self.get(ref)
        if stored is None or stored["metadata"].get("finalizers", []) == [*finalizers]:
            return
        if not finalizers and stored["metadata"].get("deletionTimestamp"):
            self._remove(ref, stored["metadata"]["uid"])
        else:
            self._change(ref, lambda current: _with_finalizers(_present(current, ref), finalizers))

    def resource_version(self) -> int:
        """Counter that grows with every change; cheap enough to be read often."""
        return int(self._query("SELECT resource_version FROM counter", ())[0][0])

    def changes_since(self, resource_version: int) -> Sequence[Ref]:
        """Objects created or changed after that version. Deletions show only in `resource_version`."""
        rows = self._query(
            "SELECT api_version, kind, namespace, name FROM objects WHERE resource_version > ? ORDER BY 1, 2, 3, 4",
            (resource_version,),
        )
        return [Ref(Kind(row[0], row[1]), row[2], row[3]) for row in rows]

    def _change(self, ref: Ref, change: Callable[[Manifest | None], Manifest]) -> Manifest:
        with self._transaction(ref):
            stored = self.get(ref)
            changed = change(stored)
            if changed == stored:
                return changed
            version = self._next_version()
            changed["metadata"]["resourceVersion"] = str(version)
            self._db.execute(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*_key(ref), changed["metadata"]["uid"], version, json.dumps(changed)),
            )
            return changed

    def _remove(self, ref: Ref, uid: str) -> None:
        with self._transaction(ref):
            self._db.execute("DELETE FROM objects WHERE uid=?", (uid,))
            self._next_version()
        for owned in self.list_all():
            owners = owned["metadata"].get("ownerReferences", [])
            if any(owner.get("uid") == uid for owner in owners):
                self.delete(ref_of(owned))

    def _next_version(self) -> int:
        self._db.execute("UPDATE counter SET resource_version = resource_version + 1")
        return self.resource_version()

    @contextmanager
    def _transaction(self, ref: Ref) -> Iterator[None]:
        """Writes to one object, all or none of them, by one process at a time."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise ClusterError(f"{ref} cannot be written to {self._file}: {error}. Try again") from error
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _query(self, sql: str, parameters: Sequence[object]) -> Sequence[Any]:
        with self._lock:
            try:
                return self._db.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise ClusterError(f"The store {self._file} cannot be read: {error}. Try again") from error


def _key(ref: Ref) -> tuple[str, str, str, str]:
    return (ref.kind.api_version, ref.kind.name, ref.namespace, ref.name)


def _parse(row: Sequence[str]) -> Manifest:
    manifest: Manifest = json.loads(row[0])
    return manifest


def _present(stored: Manifest | None, ref: Ref) -> Manifest:
    if stored is None:
        raise ClusterError(f"{ref} does not exist; apply it first")
    return stored


def _as_applied(manifest: Manifest) -> Manifest:
    """What a manifest asks for: JSON types, no status, no server metadata, `stringData` encoded."""
    wanted: Manifest = json.loads(json.dumps(manifest))
    wanted.pop("status", None)
    for field in _SERVER_METADATA:
        wanted["metadata"].pop(field, None)
    for key, text in wanted.pop("stringData", {}).items():
        wanted.setdefault("data", {})[key] = base64.b64encode(text.encode()).decode()
    return wanted


def _created(wanted: Manifest) -> Manifest:
    wanted["metadata"] |= {"uid": str(uuid.uuid4()), "creationTimestamp": timestamp(datetime.now(UTC))}
    if wanted["kind"] not in _WITHOUT_GENERATION:
        wanted["metadata"]["generation"] = 1
    return wanted


def _updated(stored: Manifest, wanted: Manifest) -> Manifest:
    kept = {field: value for field, value in stored["metadata"].items() if field in (*_SERVER_METADATA, "finalizers")}
    updated = {**wanted, "metadata": {**wanted["metadata"], **kept}}
    if "status" in stored:
        updated["status"] = stored["status"]
    if "generation" in kept and _specification(updated) != _specification(stored):
        updated["metadata"]["generation"] = kept["generation"] + 1
    return updated


def _specification(manifest: Manifest) -> Manifest:
    return {field: value for field, value in manifest.items() if field not in ("metadata", "status")}


def _marked_for_deletion(stored: Manifest) -> Manifest:
    metadata = {**stored["metadata"]}
    if "deletionTimestamp" not in metadata:
        metadata |= {"deletionTimestamp": timestamp(datetime.now(UTC)), "generation": metadata.get("generation", 0) + 1}
    return {**stored, "metadata": metadata}


def _with_finalizers(stored: Manifest, finalizers: Sequence[str]) -> Manifest:
    metadata = {**stored["metadata"], "finalizers": [*finalizers]}
    if not finalizers:
        del metadata["finalizers"]
    return {**stored, "metadata": metadata}


def _has_labels(manifest: Manifest, labels: Mapping[str, str]) -> bool:
    found: dict[str, str] = manifest["metadata"].get("labels", {})
    return labels.items() <= found.items()
