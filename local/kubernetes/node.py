"""A whole one-node Kubernetes on this machine: kubelet, containerd, network, DNS, volumes. Linux, as root."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.artefacts.command import run_tool
from local.artefacts.kubernetes import control_plane_binaries, node_binaries
from local.artefacts.progress import Report, ignore_progress
from local.errors import LocalError
from local.kubernetes.kubectl import kubectl
from local.kubernetes.node_needs import missing_for_a_node

_FOLDER = Path(__file__).parent


class NodeError(LocalError):
    """This machine cannot be a node; the message says what is missing."""


@dataclass(frozen=True)
class Node:
    """A node with all its state in `folder`; `down` removes everything that it created on the machine."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """Admin's kubeconfig."""
        return self.folder / "pki" / "admin.kubeconfig"

    @property
    def address(self) -> str:
        """Address at which pods reach this machine, and this machine reaches the API server."""
        return "10.244.0.1"

    def up(self, images: Sequence[Path] = (), report: Report = ignore_progress) -> None:
        """Start it with image archives loaded, or return at once if it runs. Raises `NodeError`, `CommandError`."""
        if missing := missing_for_a_node():
            raise NodeError("start a Kubernetes node", missing, "then try again")
        _link_all((*control_plane_binaries(report), *node_binaries(report)), self._binaries)
        run_tool(
            [str(_FOLDER / "node_up.sh"), str(self._binaries), str(self.folder)],
            environment={"NODE_IMAGES": " ".join(map(str, images))},
            next_step=f"read the logs in {self.folder}/log",
        )

    def down(self) -> None:
        """Stop it and remove its state. Raises `CommandError`."""
        run_tool(
            [str(_FOLDER / "node_down.sh"), str(self.folder)],
            next_step=f"look at what is left under {self.folder}",
        )

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl as the admin and return what it prints. Raises `KubectlError`."""
        return kubectl(str(self._binaries / "kubectl"), self.kubeconfig, *arguments, stdin=stdin)

    @property
    def _binaries(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}-bin")


def _link_all(folders: Sequence[Path], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        for binary in folder.iterdir():
            link = target / binary.name
            if binary.is_file() and not binary.name.startswith(".") and not link.exists():
                link.symlink_to(binary)
