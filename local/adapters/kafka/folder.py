"""What a Kafka cluster keeps on disk, and the names by which the other adapters find it."""

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.state.files import write_atomically
from local.state.passwords import password
from local.supervisor.machine import Machine


@dataclass(frozen=True)
class KafkaFolder:
    """Folder of one Kafka cluster below the state directory; only the owner can read it."""

    machine: Machine
    namespace: str
    cluster: str

    @property
    def key(self) -> str:
        """Prefix of its ports and passwords."""
        return f"kafka.{self.namespace}.{self.cluster}"

    @property
    def path(self) -> Path:
        """The folder."""
        return self.machine.state.kafka / f"{self.namespace}.{self.cluster}"

    def process_name(self, node_id: int) -> str:
        """Process of a node."""
        return f"{self.key}.{node_id}"

    def port(self, node_id: int, listener: str) -> int:
        """Port of a node's listener."""
        return self.machine.ports.claim(f"{self.key}.{node_id}.{listener}")

    def internal_password(self) -> str:
        """Password of the internal user."""
        return password(self.machine.state, f"{self.key}.internal")

    def cluster_id(self) -> str:
        """Id of the cluster, generated once: a random UUID as Kafka writes it."""
        file = self.path / "cluster-id"
        if not file.is_file():
            write_atomically(file, base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))
        return file.read_text()

    def node_ids(self) -> dict[str, list[int]]:
        """Ids of nodes by pool, as they were assigned before."""
        file = self.path / "node-ids.json"
        return json.loads(file.read_text()) if file.is_file() else {}

    def keep_node_ids(self, node_ids: Mapping[str, Sequence[int]]) -> None:
        """Remember the ids of nodes."""
        write_atomically(self.path / "node-ids.json", json.dumps(node_ids))

    def keep_deletion(self, deletes_data: bool) -> None:
        """Remember whether the data goes with the resource, because its pools may be gone before it."""
        write_atomically(self.path / "deletes-data", json.dumps(deletes_data))

    def deletes_data(self) -> bool:
        """Whether the data goes with the resource."""
        file = self.path / "deletes-data"
        return file.is_file() and bool(json.loads(file.read_text()))
