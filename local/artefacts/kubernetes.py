"""Kubernetes from its Go modules: an API server, a whole node, and helm, for tests on a real cluster.

Nothing is downloaded as a binary, because a site may only reach its Go module proxy. The first build takes
minutes on two cores.
"""

from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.go_build import GoCommands, build_commands
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions

_KUBERNETES = "k8s.io/kubernetes"
_PAUSE_SOURCE = Path(__file__).with_name("pause.go")


def control_plane_binaries(report: Report = ignore_progress) -> tuple[Path, ...]:
    """Folders that hold `etcd`, `kube-apiserver`, `kube-controller-manager` and `kubectl`. Raises `CommandError`."""
    pinned = versions().kubernetes
    etcd = GoCommands("go.etcd.io/etcd/server/v3", pinned.etcd, ("go.etcd.io/etcd/server/v3",))
    return (
        _go("etcd", etcd, report, name_of_only_binary="etcd"),
        _go("kube-control-plane", _kubernetes("kube-apiserver", "kube-controller-manager", "kubectl"), report),
    )


def node_binaries(report: Report = ignore_progress) -> tuple[Path, ...]:
    """Folders that hold what a node needs besides: kubelet, scheduler, proxy, DNS and `pause`."""
    pinned = versions().kubernetes
    coredns = GoCommands("github.com/coredns/coredns", pinned.coredns, ("github.com/coredns/coredns",))
    kubernetes = _kubernetes("kube-scheduler", "kubelet", "kube-proxy")
    return (
        _go("kube-node", kubernetes, report),
        _go("coredns", coredns, report),
        install("pause", "1", _build_pause, report),
    )


def helm_binary(report: Report = ignore_progress) -> Path:
    """The binary of helm. Raises `CommandError`."""
    pinned = versions().kubernetes
    module, (_, minor, _) = "helm.sh/helm/v3", pinned.version.split(".", 2)
    # Without a cluster, helm renders for the Kubernetes version it was built for, which is 1.20 unless set.
    built_for = {
        f"{module}/pkg/{package}.k8sVersion{part}": value
        for package in ("chartutil", "lint/rules")
        for part, value in (("Major", "1"), ("Minor", minor))
    }
    helm = GoCommands(module, pinned.helm, (f"{module}/cmd/helm",), built_for)
    return _go("helm", helm, report) / "helm"


def _kubernetes(*commands: str) -> GoCommands:
    version = versions().kubernetes.version
    _, minor, _ = version.split(".", 2)
    package = "k8s.io/component-base/version"
    return GoCommands(
        _KUBERNETES,
        version,
        tuple(f"{_KUBERNETES}/cmd/{command}" for command in commands),
        {f"{package}.gitVersion": version, f"{package}.gitMajor": "1", f"{package}.gitMinor": minor},
        staging_version=version.replace("v1.", "v0."),
    )


def _go(name: str, commands: GoCommands, report: Report, name_of_only_binary: str | None = None) -> Path:
    def build(artefact: Artefact) -> None:
        build_commands(artefact, commands)
        if name_of_only_binary:
            (binary,) = (path for path in artefact.folder.iterdir() if path.is_file())
            binary.rename(artefact.folder / name_of_only_binary)

    return install(name, commands.version, build, report)


def _build_pause(artefact: Artefact) -> None:
    run_tool(
        ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(artefact.folder / "pause"), str(_PAUSE_SOURCE)],
        environment={"CGO_ENABLED": "0", "GO111MODULE": "off"},
        next_step="make doctor (it checks Go), then try again.",
    )
