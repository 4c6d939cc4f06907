"""Which kinds the API server serves, and under which paths."""

from dataclasses import dataclass
from threading import Lock

from operators.telecom_pipeline.clusters.rest import ApiServer, StatusError
from operators.telecom_pipeline.objects.cluster import ClusterError, KindMissingError
from operators.telecom_pipeline.objects.manifest import Kind


@dataclass(frozen=True)
class Resource:
    """How a kind is addressed: `root` is `/api/v1` or `/apis/GROUP/VERSION`."""

    root: str
    plural: str
    is_namespaced: bool

    def collection(self, namespace: str | None) -> str:
        """Path of all objects in a namespace, or of all objects."""
        if namespace is None or not self.is_namespaced:
            return f"{self.root}/{self.plural}"
        return f"{self.root}/namespaces/{namespace}/{self.plural}"

    def item(self, namespace: str, name: str) -> str:
        """Path of one object."""
        return f"{self.collection(namespace)}/{name}"


class Discovery:
    """Looks each kind up once. A missing kind is asked for again, so a CRD that is installed later is found."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._resources: dict[Kind, Resource] = {}
        self._lock = Lock()

    def resource(self, kind: Kind) -> Resource:
        """Return where the kind lives; raises `KindMissingError` when the server does not serve it."""
        with self._lock:
            if kind not in self._resources:
                self._load(kind.api_version)
            if kind not in self._resources:
                raise KindMissingError(_missing(kind))
            return self._resources[kind]

    def forget(self, kind: Kind) -> None:
        """Look the kind up again next time, because a call on its path was answered with 404."""
        with self._lock:
            self._resources.pop(kind, None)

    def _load(self, api_version: str) -> None:
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            answer = self._server.call("GET", root)
        except StatusError as error:
            if error.code == 404:
                return
            raise
        if not isinstance(answer.get("resources"), list):
            raise ClusterError(f"{root} does not list resources: check the address with `kubectl cluster-info`.")
        for resource in answer["resources"]:
            if "/" not in resource["name"]:  # not a subresource such as pods/log
                self._resources[Kind(api_version, resource["kind"])] = Resource(
                    root, resource["name"], resource["namespaced"]
                )


def _missing(kind: Kind) -> str:
    return (
        f"The cluster does not serve {kind.name} ({kind.api_version}). Install the operator that owns it; "
        "the pipeline then continues by itself. `kubectl api-resources` shows what is served."
    )
