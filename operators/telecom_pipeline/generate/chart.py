"""Generated files of charts/telecom-operator: its CRD and the schema of its values."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from operators.telecom_pipeline.generate.crd import crd_text

_CHART = "charts/telecom-operator"
Labels = dict[str, str]
Quantity = Annotated[str, Field(pattern=r"^[0-9.]+(m|Ki|Mi|Gi)?$")]


class _Values(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class ImageValues(_Values):
    """The operator's image."""

    repository: str = Field(description="Name without tag.")
    tag: str = Field(description="Tag; the chart's appVersion when empty.")
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = Field(description="When the kubelet pulls it.")
    pull_secrets: list[str] = Field(description="Names of Secrets for the registry.")


class AmountValues(_Values):
    """CPU and memory."""

    cpu: Quantity | None = Field(default=None, description="CPU.")
    memory: Quantity | None = Field(default=None, description="Memory.")


class ResourceValues(_Values):
    """What the pod may use."""

    requests: AmountValues = Field(description="Reserved.")
    limits: AmountValues = Field(description="At most.")


class DashboardValues(_Values):
    """Grafana's dashboards."""

    enabled: bool = Field(description="Whether to install a ConfigMap with them.")
    labels: Labels = Field(description="Labels by which the sidecar of Grafana's chart finds it.")


class MonitoringValues(_Values):
    """Objects of the Prometheus operator; off by default, because its CRDs may be absent."""

    enabled: bool = Field(description="Whether to install ServiceMonitor, PodMonitor and PrometheusRule.")
    labels: Labels = Field(description="Labels by which your Prometheus selects them, such as release: prometheus.")
    interval: Annotated[str, Field(pattern=r"^[0-9]+(s|m)$")] = Field(description="Time between two scrapes.")
    dashboards: DashboardValues = Field(description="Grafana's dashboards.")


class NetworkPolicyValues(_Values):
    """Who may talk to the operator."""

    enabled: bool = Field(description="Whether to admit only scrapes and probes.")


class ChartValues(_Values):
    """Values of the chart telecom-operator."""

    replicas: int = Field(ge=1, le=5, description="Number of pods; one works, the others wait for its Lease.")
    image: ImageValues = Field(description="The operator's image.")
    watch_namespaces: list[str] = Field(description="Namespaces to work in, with a Role in each; empty means all.")
    install_crd: bool = Field(
        description="Whether the chart installs the CRD, which stays when the chart is uninstalled."
    )
    progressing_seconds: float = Field(gt=0, description="Pause between passes until a pipeline is Ready.")
    ready_seconds: float = Field(gt=0, description="Pause between passes when nothing happens.")
    workers: int = Field(ge=1, le=64, description="Number of reconciliations at a time.")
    resources: ResourceValues = Field(description="What the pod may use.")
    monitoring: MonitoringValues = Field(description="Objects of the Prometheus operator.")
    network_policy: NetworkPolicyValues = Field(description="Who may talk to the operator.")
    node_selector: Labels = Field(description="Labels of the nodes that may run it.")
    pod_labels: Labels = Field(description="Additional labels of the pods.")
    global_: dict[str, object] = Field(default={}, alias="global", description="Helm's own values.")


def chart_files() -> dict[str, str]:
    """Text of the chart's generated files, by path."""
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", **ChartValues.model_json_schema()}
    return {
        f"{_CHART}/values.schema.json": json.dumps(_draft_7(schema), indent=2) + "\n",
        f"{_CHART}/files/crd.yaml": crd_text(),
    }


def _draft_7(schema: object) -> object:
    """Helm reads draft 7, which calls `$defs` definitions."""
    return json.loads(json.dumps(schema).replace("$defs", "definitions"))
