"""Connections to API servers. Not in conftest.py, whose name other folders have too."""

from pathlib import Path

from lightkube.config.kubeconfig import KubeConfig

from operators.telecom_pipeline.clusters.rest import ApiServer


def api_server(kubeconfig: Path, attempts: int = 6) -> ApiServer:
    """The cluster of a kubeconfig; a call is tried so many times."""
    return ApiServer(KubeConfig.from_file(kubeconfig).get(), attempts=attempts)
