"""What the monitors in a cluster have Prometheus scrape: found by their selectors, as the API server reads them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from operators.telecom_pipeline.objects.manifest import Manifest

Kubectl = Callable[..., str]


@dataclass(frozen=True)
class Endpoint:
    """One entry of a monitor: the port that it names, and the pages that are behind it."""

    monitor: str
    port: str
    urls: tuple[str, ...]


def endpoints(kubectl: Kubectl) -> list[Endpoint]:
    """Every endpoint of every PodMonitor and ServiceMonitor."""
    return [*_of_pod_monitors(kubectl), *_of_service_monitors(kubectl)]


def _of_pod_monitors(kubectl: Kubectl) -> Iterator[Endpoint]:
    for monitor in _items(kubectl, "podmonitors", "-A"):
        pods = _running(_selected(kubectl, "pods", monitor))
        for each in monitor["spec"]["podMetricsEndpoints"]:
            yield Endpoint(monitor["metadata"]["name"], each["port"], _urls(pods, each))


def _of_service_monitors(kubectl: Kubectl) -> Iterator[Endpoint]:
    for monitor in _items(kubectl, "servicemonitors", "-A"):
        for each in monitor["spec"]["endpoints"]:
            urls = [
                url for service in _selected(kubectl, "services", monitor) for url in _behind(kubectl, service, each)
            ]
            yield Endpoint(monitor["metadata"]["name"], each["port"], tuple(urls))


def _behind(kubectl: Kubectl, service: Manifest, endpoint: dict[str, Any]) -> tuple[str, ...]:
    ports = [port["targetPort"] for port in service["spec"]["ports"] if port["name"] == endpoint["port"]]
    where = ("-n", service["metadata"]["namespace"], "-l", _text(service["spec"]["selector"]))
    pods = _running(_items(kubectl, "pods", *where))
    return tuple(url for port in ports for url in _urls(pods, endpoint | {"port": port}))


def _selected(kubectl: Kubectl, kind: str, monitor: Manifest) -> list[Manifest]:
    selector, wanted = monitor["spec"]["selector"], monitor["spec"].get("namespaceSelector", {})
    own = [monitor["metadata"]["namespace"]]
    places = ["-A"] if wanted.get("any") else [f"-n={name}" for name in wanted.get("matchNames", own)]
    exists = [each["key"] for each in selector.get("matchExpressions", ()) if each["operator"] == "Exists"]
    text = ",".join(filter(None, [_text(selector.get("matchLabels", {})), *exists]))
    return [item for place in places for item in _items(kubectl, kind, place, "-l", text)]


def _urls(pods: list[Manifest], endpoint: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"http://{pod['status']['podIP']}:{port['containerPort']}{endpoint['path']}"
        for pod in pods
        for container in pod["spec"]["containers"]
        for port in container.get("ports", ())
        if endpoint["port"] == port["name"]
    )


def _running(pods: list[Manifest]) -> list[Manifest]:
    """Prometheus drops pods that have ended."""
    return [pod for pod in pods if pod["status"]["phase"] == "Running"]


def _items(kubectl: Kubectl, kind: str, *arguments: str) -> list[Manifest]:
    items: list[Manifest] = json.loads(kubectl("get", kind, *arguments, "-o", "json"))["items"]
    return items


def _text(labels: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items())
