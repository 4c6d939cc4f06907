"""The Kubernetes cluster that kubectl talks to, and a pipeline in it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.clusters.rest import ApiServer
from operators.telecom_pipeline.objects.cluster import RejectedError
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from telecom.pipelines.resource_file import pipeline_of_resource


@dataclass(frozen=True)
class KubePipeline:
    """A resource as the cluster has it."""

    cluster: KubeCluster
    resource: Manifest

    @property
    def ref(self) -> Ref:
        """Its kind, namespace and name."""
        return ref_of(self.resource)

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline that it describes. Raises `ResourceFileError` if it is invalid."""
        return pipeline_of_resource(self.resource)


@contextmanager
def kube_pipeline(name: str, namespace: str) -> Iterator[KubePipeline]:
    """A pipeline in `namespace`, or in that of the kubeconfig's context if it is empty. Raises `ClusterError`."""
    server = ApiServer()
    ref = Ref(TELECOM_PIPELINE, namespace or server.namespace, name)
    with closing(KubeCluster(server, namespaces=[ref.namespace])) as cluster:
        resource = cluster.get(ref)
        if resource is None:
            raise RejectedError(f"There is no {ref}: kubectl get telecompipelines -A shows all.")
        yield KubePipeline(cluster, resource)


@contextmanager
def kube_cluster(namespace: str) -> Iterator[KubeCluster]:
    """The cluster of the kubeconfig's context, for the objects of one namespace."""
    with closing(KubeCluster(ApiServer(), namespaces=[namespace])) as cluster:
        yield cluster
