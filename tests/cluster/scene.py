"""A namespace with a pipeline in it, seen as a user sees it."""

import json
from typing import Any

from pipelines import apply, changed, sample

from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.objects.names import CHILD_KINDS


class Scene:
    """A namespace with an operator and, where asked for, upstream operators; questions as a user asks them."""

    def __init__(self, control_plane: ControlPlane, namespace: str) -> None:
        self.control_plane = control_plane
        self.namespace = namespace

    def kubectl(self, *arguments: str) -> str:
        return self.control_plane.kubectl("-n", self.namespace, *arguments)

    def apply(self, name: str = "minimal", **changes: object) -> None:
        manifest = sample(name, self.namespace)
        for path, value in changes.items():
            manifest = changed(manifest, path.replace("__", "."), value)
        apply(self.control_plane, manifest)

    def status(self, name: str = "minimal") -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.kubectl("get", "tp", name, "-o", "json")).get("status", {})
        return status

    def condition(self, kind: str, name: str = "minimal") -> str:
        path = f'{{.status.conditions[?(@.type=="{kind}")].status}}'
        return self.kubectl("get", "tp", name, "-o", f"jsonpath={path}")

    def stage(self, stage: str, name: str = "minimal") -> dict[str, str]:
        stages = self.status(name).get("stages", [])
        return next((each for each in stages if each["name"] == stage), {})

    def children(self) -> list[str]:
        kinds = ",".join(
            f"{kind.name}.{kind.api_version.partition('/')[0]}".removesuffix(".v1") for kind in CHILD_KINDS
        )
        selector = "app.kubernetes.io/managed-by=telecom-operator"
        return self.kubectl("get", kinds, "-l", selector, "-o", "name").split()

    def wait_ready(self, name: str = "minimal") -> None:
        self.kubectl("wait", "--for=condition=Ready", f"tp/{name}", "--timeout=60s")
