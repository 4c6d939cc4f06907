"""Two plain objects of a stage of a pipeline, as small as an API server takes them."""

from operators.telecom_pipeline.objects import labels
from operators.telecom_pipeline.objects.manifest import Kind, Manifest

CONFIG_MAP = Kind("v1", "ConfigMap")


def config_map(namespace: str, name: str = "settings", **data: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": labels.labels("p", name, "bronze")},
        "data": data,
    }


def deployment(namespace: str) -> Manifest:
    container = {"name": "main", "image": "localhost/x:1", "resources": {"requests": {"cpu": "0.5"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "sink", "namespace": namespace, "labels": labels.labels("p", "sink", "bronze")},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "sink"}},
            "template": {"metadata": {"labels": {"app": "sink"}}, "spec": {"containers": [container]}},
        },
    }
