"""A namespace with a pipeline in it, seen as a user sees it."""

from typing import Any

from api_servers import api_server
from operator_process import eventually
from pipelines import apply, changed, sample

from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.objects.custom_resource import PLURAL, TELECOM_PIPELINE
from operators.telecom_pipeline.objects.names import CHILD_KINDS


class Scene:
    """A namespace with an operator and, where asked for, upstream operators; questions as a user asks them."""

    def __init__(self, control_plane: ControlPlane, namespace: str) -> None:
        self.control_plane = control_plane
        self.namespace = namespace
        # What tests ask over and over, they ask without a process of kubectl for each time.
        self._server = api_server(control_plane.kubeconfig)

    def close(self) -> None:
        self._server.close()

    def kubectl(self, *arguments: str) -> str:
        return self.control_plane.kubectl("-n", self.namespace, *arguments)

    def apply(self, name: str = "minimal", **changes: object) -> None:
        manifest = sample(name, self.namespace)
        for path, value in changes.items():
            manifest = changed(manifest, path.replace("__", "."), value)
        apply(self.control_plane, manifest)

    def status(self, name: str = "minimal") -> dict[str, Any]:
        path = f"/apis/{TELECOM_PIPELINE.api_version}/namespaces/{self.namespace}/{PLURAL}/{name}"
        status: dict[str, Any] = self._server.call("GET", path).get("status", {})
        return status

    def condition(self, kind: str, name: str = "minimal") -> str:
        """Its status; empty while there is no such condition."""
        conditions = self.status(name).get("conditions", [])
        return next((each["status"] for each in conditions if each["type"] == kind), "")

    def stage(self, stage: str, name: str = "minimal") -> dict[str, str]:
        stages = self.status(name).get("stages", [])
        return next((each for each in stages if each["name"] == stage), {})

    def children(self) -> list[str]:
        kinds = ",".join(
            f"{kind.name}.{kind.api_version.partition('/')[0]}".removesuffix(".v1") for kind in CHILD_KINDS
        )
        selector = "app.kubernetes.io/managed-by=telecom-operator"
        return self.kubectl("get", kinds, "-l", selector, "-o", "name").split()

    def wait_until_told(self, *words: str, reason: str = "") -> None:
        """Until Events, of that reason if one is given, say all of it: they come after what they tell of."""
        selector = ["--field-selector", f"reason={reason}"] if reason else []

        def is_told() -> bool:
            said = self.kubectl("get", "events", *selector, "-o", "jsonpath={.items[*].message}")
            return bool(said) and all(word in said for word in words)

        eventually(is_told, what=f"Events with {reason or 'any reason'} that say {words}")

    def wait_ready(self, name: str = "minimal") -> None:
        self.kubectl("wait", "--for=condition=Ready", f"tp/{name}", "--timeout=60s")
