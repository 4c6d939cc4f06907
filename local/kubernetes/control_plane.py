"""An API server with its store and controllers as three processes on loopback, without root, node or containers."""

import secrets
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.artefacts.kubernetes import control_plane_binaries
from local.artefacts.progress import Report, ignore_progress
from local.errors import LocalError
from local.kubernetes.kubectl import KubectlError, kubectl
from local.supervisor.loopback import LOOPBACK

_START_SECONDS = 60.0
_ADMIN_GROUP = "system:masters"
# Only what pipelines need without a node: owner references, and namespaces that are emptied and get service accounts.
_CONTROLLERS = (
    "garbage-collector-controller",
    "namespace-controller",
    "serviceaccount-controller",
    "root-ca-certificate-publisher-controller",
)


class ControlPlaneError(LocalError):
    """A process of the control plane did not start; the message has the last lines of its log."""


@dataclass
class ControlPlane:
    """A control plane with all its state in `folder`. Use it as a context manager, or `start` and `stop` it."""

    folder: Path
    report: Report = ignore_progress
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _ports: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> "ControlPlane":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def kubeconfig(self) -> Path:
        """Admin's kubeconfig."""
        return self.folder / "admin.kubeconfig"

    @property
    def server(self) -> str:
        """URL of the API server."""
        return f"https://{LOOPBACK}:{self._ports['api']}"

    def pid(self, name: str) -> int:
        """Process id of `etcd`, `kube-apiserver` or `kube-controller-manager`."""
        return self._processes[name].pid

    def start(self) -> None:
        """Start all processes and return when the API server is ready. Raises `ControlPlaneError`, `CommandError`."""
        self._binaries = control_plane_binaries(self.report)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._ports = dict(zip(("etcd", "peer", "api", "controllers"), _free_ports(4), strict=True))
        self._write_credentials()
        self._start("etcd", self._etcd_arguments())
        self.start_api_server()
        self.start_controllers()
        self._wait_for("the default service account", "get", "serviceaccount", "default", "--namespace", "default")

    def start_api_server(self) -> None:
        """Start the API server (again) on its port and wait until it is ready."""
        self._start("kube-apiserver", self._api_arguments())
        self._wait_for("the API server", "get", "--raw", "/readyz")

    def start_controllers(self) -> None:
        """Start the controllers (again)."""
        self._start("kube-controller-manager", self._controller_arguments())

    def stop(self) -> None:
        """End all processes at once, because their state is not needed afterwards."""
        for name in reversed(tuple(self._processes)):
            self.kill(name)

    def kill(self, name: str) -> None:
        """Kill one process and wait until it is gone."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl as the admin and return what it prints. Raises `KubectlError`."""
        return kubectl(self.binary("kubectl"), self.kubeconfig, *arguments, stdin=stdin)

    def binary(self, name: str) -> str:
        """Path of a binary of the control plane."""
        return next(str(folder / name) for folder in self._binaries if (folder / name).exists())

    def _start(self, name: str, arguments: Sequence[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [self.binary(name), *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _wait_for(self, what: str, *kubectl_arguments: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.kubectl("--request-timeout=5s", *kubectl_arguments)
                return
            except KubectlError as error:
                self._raise_if_dead()
                if time.monotonic() > deadline:
                    raise ControlPlaneError(
                        f"wait {_START_SECONDS:.0f} s for {what}",
                        error.why,
                        f"read the logs in {self.folder}",
                    ) from error
            time.sleep(0.1)

    def _raise_if_dead(self) -> None:
        for name, process in self._processes.items():
            if process.poll() is not None:
                log = self.folder / f"{name}.log"
                tail = "\n  ".join(log.read_text().splitlines()[-10:])
                why = f"it ended with code {process.returncode}:\n  {tail}"
                raise ControlPlaneError(f"start {name}", why, f"read {log}")

    def _write_credentials(self) -> None:
        token = secrets.token_urlsafe(24)
        _write_private(self.folder / "tokens.csv", f'{token},admin,admin,"{_ADMIN_GROUP}"\n'.encode())
        cluster = {"server": self.server, "certificate-authority": str(self.folder / "certs" / "apiserver.crt")}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "default",
            "clusters": [{"name": "default", "cluster": cluster}],
            "users": [{"name": "default", "user": {"token": token}}],
            "contexts": [
                {"name": "default", "context": {"cluster": "default", "user": "default", "namespace": "default"}}
            ],
        }
        _write_private(self.kubeconfig, yaml.safe_dump(config).encode())
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        _write_private(
            self.folder / "service-accounts.key",
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )

    def _etcd_arguments(self) -> list[str]:
        client = f"http://{LOOPBACK}:{self._ports['etcd']}"
        peer = f"http://{LOOPBACK}:{self._ports['peer']}"
        return [
            f"--data-dir={self.folder / 'etcd'}",
            "--unsafe-no-fsync",  # thrown away after the run
            "--log-level=warn",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
        ]

    def _api_arguments(self) -> list[str]:
        key = self.folder / "service-accounts.key"
        return [
            f"--etcd-servers=http://{LOOPBACK}:{self._ports['etcd']}",
            f"--bind-address={LOOPBACK}",
            f"--advertise-address={LOOPBACK}",
            f"--secure-port={self._ports['api']}",
            f"--cert-dir={self.folder / 'certs'}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/24",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--endpoint-reconciler-type=none",  # a loopback address cannot be an endpoint
            "--profiling=false",
        ]

    def _controller_arguments(self) -> list[str]:
        return [
            f"--kubeconfig={self.kubeconfig}",
            f"--secure-port={self._ports['controllers']}",
            f"--bind-address={LOOPBACK}",
            f"--cert-dir={self.folder / 'certs'}",
            "--leader-elect=false",
            f"--root-ca-file={self.folder / 'certs' / 'apiserver.crt'}",
            f"--service-account-private-key-file={self.folder / 'service-accounts.key'}",
            f"--controllers={','.join(_CONTROLLERS)}",
            "--profiling=false",
        ]


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
