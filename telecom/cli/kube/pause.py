"""`telecom kube pause`: let the operator only report."""

from telecom.access.kube import kube_pipeline
from telecom.cli.options import KubeName, KubeNamespace
from telecom.pipelines.pause import set_paused
from telecom.terminal.console import tell


def pause(name: KubeName, namespace: KubeNamespace = "") -> None:
    """Let the operator only report from now on. The pipeline keeps running."""
    with kube_pipeline(name, namespace) as found:
        tell(set_paused(found.cluster, found.ref, True))
