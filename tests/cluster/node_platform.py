"""A node with the platform, the operator and Trino, as helm installs them."""

import json

import trino_pod
from prometheus_operator_crds import prometheus_operator_crds

from charts.tools.helm import OPERATOR_CHART, PLATFORM_CHART, helm
from local.kubernetes.crds import install_crds
from local.kubernetes.node import Node

PIPELINES = "telecom"
SYSTEM = "telecom-system"


def install_platform(node: Node) -> None:
    install_crds(node.kubectl)
    for crd in prometheus_operator_crds():
        node.kubectl("apply", "--server-side", "-f", str(crd))
    for namespace in (PIPELINES, SYSTEM):
        node.kubectl("create", "namespace", namespace)
        node.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    arguments = ("--wait", "--timeout", "4m")
    address = ("--set", f"transform.trinoAddresses={{{trino_pod.ADDRESS}}}")
    helm("install", "platform", str(PLATFORM_CHART), "-n", PIPELINES, *address, *arguments, kubeconfig=node.kubeconfig)
    own = (
        "--set",
        "installCrd=false",
        "--set",
        f"watchNamespaces={{{PIPELINES}}}",
        "--set",
        "resources.requests.cpu=10m",
        "--set",
        "monitoring.enabled=true",
    )
    helm("install", "operator", str(OPERATOR_CHART), "-n", SYSTEM, *own, *arguments, kubeconfig=node.kubeconfig)
    for manifest in trino_pod.trino_objects(PIPELINES):
        node.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
