"""Whom the NetworkPolicies of a cluster admit to a pod.

By the objects as they are, their selectors as the API server reads them: the node's bridge does not enforce them.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from operators.telecom_pipeline.objects.manifest import Manifest

Kubectl = Callable[..., str]


@dataclass(frozen=True)
class Admission:
    """A port of a pod that is confined, and the running pods that may reach it; None for everybody."""

    port: str
    peers: frozenset[str] | None


def admissions(kubectl: Kubectl, pod: Manifest) -> list[Admission] | None:
    """What may reach a pod; None if no policy confines it."""
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    policies = [
        policy
        for policy in _items(kubectl, "networkpolicies", f"-n={namespace}")
        if name in _names(kubectl, "pods", f"-n={namespace}", policy["spec"]["podSelector"])
    ]
    if not policies:
        return None
    rules = [rule for policy in policies for rule in policy["spec"].get("ingress", ())]
    return [Admission(port["port"], _peers(kubectl, rule)) for rule in rules for port in rule["ports"]]


def _peers(kubectl: Kubectl, rule: dict[str, Any]) -> frozenset[str] | None:
    if "from" not in rule:
        return None
    return frozenset(name for peer in rule["from"] for name in _matching(kubectl, peer))


def _matching(kubectl: Kubectl, peer: dict[str, Any]) -> Iterator[str]:
    for namespace in _names(kubectl, "namespaces", "-A", peer["namespaceSelector"]):
        yield from _names(kubectl, "pods", f"-n={namespace}", peer["podSelector"])


def _names(kubectl: Kubectl, kind: str, place: str, selector: dict[str, Any]) -> list[str]:
    labels = ",".join(f"{key}={value}" for key, value in selector.get("matchLabels", {}).items())
    return [item["metadata"]["name"] for item in _items(kubectl, kind, place, "-l", labels)]


def _items(kubectl: Kubectl, kind: str, *arguments: str) -> list[Manifest]:
    items: list[Manifest] = json.loads(kubectl("get", kind, *arguments, "-o", "json"))["items"]
    return items
