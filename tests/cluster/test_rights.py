"""The rights of the chart are enough: the operator runs with its own service account, in each scope."""

from pathlib import Path

import pytest
import yaml
from operator_process import eventually, operator
from pipelines import apply, create_references, sample
from upstream import Upstream

from charts.tools.helm import OPERATOR_CHART, helm
from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.clusters.kube import KubeCluster

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]


def install_rights(control_plane: ControlPlane, namespace: str, *settings: str) -> None:
    """The chart's service account, roles and bindings; the process runs outside of the cluster."""
    text = helm("template", "operator", str(OPERATOR_CHART), "-n", namespace, "--set", "installCrd=false", *settings)
    rights = [each for each in yaml.safe_load_all(text) if each and each["kind"] not in ("Deployment", "Service")]
    control_plane.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(rights))


def kubeconfig_of_operator(control_plane: ControlPlane, namespace: str, folder: Path) -> Path:
    config = yaml.safe_load(control_plane.kubeconfig.read_text())
    token = control_plane.kubectl("-n", namespace, "create", "token", "operator").strip()
    config["users"][0]["user"] = {"token": token}
    file = folder / "operator.kubeconfig"
    file.write_text(yaml.safe_dump(config))
    return file


@pytest.mark.parametrize("scope", ["cluster", "namespace"])
def test_a_pipeline_is_run_and_deleted_with_the_charts_rights_alone(
    control_plane: ControlPlane, cluster: KubeCluster, namespace: str, tmp_path: Path, scope: str
) -> None:
    is_confined = scope == "namespace"
    install_rights(control_plane, namespace, *(("--set", f"watchNamespaces={{{namespace}}}") if is_confined else ()))
    create_references(control_plane, namespace)
    kubeconfig = kubeconfig_of_operator(control_plane, namespace, tmp_path)
    watched = {} if is_confined else {"namespaces": ""}
    with (
        operator(kubeconfig, tmp_path, namespace=namespace, **watched) as process,
        Upstream(cluster, namespace),
    ):
        apply(control_plane, sample("minimal", namespace))
        control_plane.kubectl("-n", namespace, "wait", "--for=condition=Ready", "tp/minimal", "--timeout=60s")
        eventually(lambda: "Ready" in control_plane.kubectl("-n", namespace, "get", "events", "-o", "yaml"))
        control_plane.kubectl("-n", namespace, "delete", "tp", "minimal", "--timeout=60s")
        # Not the count of 403: a pipeline of the test before may be seen while its namespace goes.
        assert "Check the operator's Role" not in process.log.read_text()
        assert "forbidden" not in process.log.read_text().lower()
    if not is_confined:
        control_plane.kubectl("delete", "clusterrole,clusterrolebinding", f"{namespace}-operator")
