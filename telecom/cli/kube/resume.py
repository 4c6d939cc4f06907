"""`telecom kube resume`: let the operator act again."""

from telecom.access.kube import kube_pipeline
from telecom.cli.options import KubeName, KubeNamespace
from telecom.pipelines.pause import set_paused
from telecom.terminal.console import tell


def resume(name: KubeName, namespace: KubeNamespace = "") -> None:
    """Let the operator act on a paused pipeline again."""
    with kube_pipeline(name, namespace) as found:
        tell(set_paused(found.cluster, found.ref, False))
