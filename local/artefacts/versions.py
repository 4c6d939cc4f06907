"""Reads versions.yaml, the only place where versions of engines are written."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from local.errors import LocalError

REPOSITORY = Path(__file__).resolve().parents[2]
VERSIONS_FILE = REPOSITORY / "versions.yaml"


class VersionsError(LocalError):
    """versions.yaml cannot be read."""


class _Pinned(BaseModel):
    # The Makefile and charts/tools read further keys.
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class KafkaVersions(_Pinned):
    """Apache Kafka and the logging jars it is run with."""

    version: str
    metadata_version: str = Field(alias="metadataVersion")
    scala: str
    log4j: str


class TrinoVersions(_Pinned):
    """Trino and the plugins kept from its tarball."""

    version: str
    plugins: tuple[str, ...]


class MinioVersions(_Pinned):
    """Go module and pseudo-version of MinIO."""

    module: str
    version: str


class StrimziVersions(_Pinned):
    """Strimzi, whose API the manifests follow, and the reporter by which its brokers tell Prometheus their metrics."""

    version: str
    metrics_reporter: str = Field(alias="metricsReporter")


class KubernetesVersions(_Pinned):
    """Go module versions of Kubernetes and of what stands beside it."""

    version: str
    etcd: str
    coredns: str
    helm: str


class FlinkVersions(_Pinned):
    """Flink, and the plugin by which it reaches S3."""

    version: str
    s3_plugin: str = Field(alias="s3Plugin")


class FlinkOperatorVersions(_Pinned):
    """The Flink Kubernetes operator, whose API the manifests follow."""

    version: str


class PrometheusOperatorVersions(_Pinned):
    """The Prometheus operator, whose API the chart's monitors and rules follow."""

    version: str


class UpstreamChart(_Pinned):
    """A chart of others, and the namespace that it is installed in."""

    version: str
    namespace: str


class Versions(_Pinned):
    """All engines that LocalCluster runs or imitates."""

    kafka: KafkaVersions
    trino: TrinoVersions
    minio: MinioVersions
    strimzi: StrimziVersions
    kubernetes: KubernetesVersions
    flink: FlinkVersions
    flink_operator: FlinkOperatorVersions = Field(alias="flinkOperator")
    prometheus_operator: PrometheusOperatorVersions = Field(alias="prometheusOperator")
    upstream_charts: Mapping[str, UpstreamChart] = Field(alias="upstreamCharts")


@cache
def versions() -> Versions:
    """Versions of this checkout. Raises `VersionsError`."""
    try:
        return Versions.model_validate(yaml.safe_load(VERSIONS_FILE.read_text()))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise VersionsError(f"read {VERSIONS_FILE}", str(error), "git checkout versions.yaml") from error
