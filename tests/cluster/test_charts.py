"""The charts: clean by helm's own lint, accepted by a real API server as they are, with no right too many."""

from pathlib import Path
from typing import Any

import bcrypt
import pytest
import yaml
from prometheus_operator_crds import prometheus_operator_crds
from spark_operator_chart import spark_operator_chart

from charts.tools.helm import OPERATOR_CHART, PLATFORM_CHART, HelmError, helm
from charts.tools.install_manifest import INSTALL_MANIFEST, install_manifest
from local.artefacts.versions import REPOSITORY, versions
from local.kubernetes.control_plane import ControlPlane
from local.services.crm_catalog import CRM_CATALOG
from local.services.trino import ACCESS_RULES, CATALOG, READERS_CATALOG, RESOURCE_GROUPS, SESSION_PROPERTIES
from local.services.trino_logins import TrinoUser
from operators.telecom_pipeline.generate.rbac import rules

pytestmark = pytest.mark.engine

MONITORING = ("--set", "monitoring.enabled=true", "--set", "monitoring.dashboards.enabled=true")
MONITORING_KINDS = {"ServiceMonitor", "PodMonitor", "PrometheusRule", "ConfigMap"}
VARIANTS = {
    "one-replica": (OPERATOR_CHART, ()),
    "two-replicas": (OPERATOR_CHART, ("--set", "replicas=2")),
    "namespaced": (OPERATOR_CHART, ("--set", "watchNamespaces={NAMESPACE}")),
    "platform": (PLATFORM_CHART, ()),
}


def objects(text: str) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(text) if each]


def apply_dry(control_plane: ControlPlane, text: str) -> list[str]:
    """A line per object that the API server would take, unknown fields refused."""
    arguments = ("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-")
    return control_plane.kubectl(*arguments, stdin=text).splitlines()


@pytest.mark.parametrize("chart", [OPERATOR_CHART, PLATFORM_CHART], ids=lambda chart: chart.name)
def test_a_chart_is_clean(chart: Path) -> None:
    assert "0 chart(s) failed" in helm("lint", "--strict", str(chart))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_api_server_accepts_every_object_as_rendered(
    control_plane: ControlPlane, namespace: str, variant: str
) -> None:
    chart, settings = VARIANTS[variant]
    settings = tuple(setting.replace("NAMESPACE", namespace) for setting in settings)
    text = helm("template", "release", str(chart), "--namespace", namespace, *settings)
    assert len(apply_dry(control_plane, text)) == len(objects(text))


@pytest.mark.parametrize(
    ("setting", "message"),
    [("replicas=0", "replicas"), ("replica=2", "replica"), ("image.pullPolicy=Sometimes", "pullPolicy")],
)
def test_a_wrong_value_is_named(setting: str, message: str) -> None:
    with pytest.raises(HelmError, match=message):
        helm("template", "release", str(OPERATOR_CHART), "--set", setting)


def test_no_right_is_a_wildcard_and_secrets_are_never_listed() -> None:
    text = helm("template", "release", str(OPERATOR_CHART))
    granted = [rule for each in objects(text) if each["kind"] in ("Role", "ClusterRole") for rule in each["rules"]]
    assert "*" not in {word for rule in granted for words in rule.values() for word in words}
    assert [rule["verbs"] for rule in granted if "secrets" in rule["resources"]] == [["get"]]
    assert all(rule in granted for rule in rules())


def test_the_operators_pod_is_restricted(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    for chart in (OPERATOR_CHART, PLATFORM_CHART):
        for each in objects(helm("template", "release", str(chart), "--namespace", namespace)):
            if "template" in each.get("spec", {}):
                pod = {"apiVersion": "v1", "kind": "Pod", "spec": each["spec"]["template"]["spec"]}
                pod["metadata"] = {"name": "probe", "namespace": namespace}
                pod["spec"]["volumes"] = [*pod["spec"].get("volumes", []), {"name": "data", "emptyDir": {}}]
                pod["spec"].pop("serviceAccountName", None)
                control_plane.kubectl("create", "--dry-run=server", "-f", "-", stdin=yaml.safe_dump(pod))


def test_monitors_rules_and_dashboards_are_accepted_as_rendered(control_plane: ControlPlane, namespace: str) -> None:
    for crd in prometheus_operator_crds():
        control_plane.kubectl("apply", "--server-side", "-f", str(crd))
    control_plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    text = helm("template", "release", str(OPERATOR_CHART), "--namespace", namespace, *MONITORING)
    asked_for = [each for each in objects(text) if each["kind"] in MONITORING_KINDS]
    assert {each["kind"] for each in asked_for} == MONITORING_KINDS
    answer = control_plane.kubectl(
        "apply",
        "--server-side",
        "--dry-run=server",
        "--validate=strict",
        "-f",
        "-",
        stdin=yaml.safe_dump_all(asked_for),
    )
    assert len(answer.splitlines()) == len(asked_for)


def test_the_chart_brings_the_dashboards_and_rules_of_the_repository() -> None:
    rendered = objects(helm("template", "release", str(OPERATOR_CHART), *MONITORING))
    (rules,) = (each["spec"] for each in rendered if each["kind"] == "PrometheusRule")
    (dashboards,) = (each["data"] for each in rendered if each["metadata"]["name"].endswith("-dashboards"))
    assert rules == yaml.safe_load((REPOSITORY / "manifests" / "alerts" / "telecom.yaml").read_text())
    assert dashboards == {file.name: file.read_text() for file in (REPOSITORY / "manifests" / "dashboards").iterdir()}


def test_our_values_for_sparks_operator_give_what_the_api_server_accepts(
    control_plane: ControlPlane,
) -> None:
    own, pipelines = versions().upstream_charts["spark-operator"].namespace, "telecom"
    for name in (own, pipelines):
        place = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        control_plane.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(place))
    values = str(PLATFORM_CHART / "upstream" / "spark-operator.yaml")
    text = helm("template", "spark-operator", str(spark_operator_chart()), "-n", own, "--values", values)
    assert len(apply_dry(control_plane, text)) == len(objects(text))
    # Jobs of Spark may be made in the pipelines' namespace and in no other.
    rights = {(each["kind"], each["metadata"]["namespace"]) for each in objects(text) if "Role" in each["kind"]}
    assert ("Role", pipelines) in rights
    assert "--namespaces=telecom" in text


def test_the_install_manifest_is_what_the_chart_says() -> None:
    assert INSTALL_MANIFEST.read_text() == install_manifest(), "run: python -m charts.tools.install_manifest"


def test_what_trinos_values_refer_to_is_what_the_platform_makes() -> None:
    values = yaml.safe_load((PLATFORM_CHART / "upstream" / "trino.yaml").read_text())
    asked_for = {
        (each["valueFrom"]["secretKeyRef"]["name"], each["valueFrom"]["secretKeyRef"]["key"]) for each in values["env"]
    }
    made = objects(helm("template", "release", str(PLATFORM_CHART), "--namespace", "telecom"))
    secrets = {
        (each["metadata"]["name"], key) for each in made if each["kind"] == "Secret" for key in each["stringData"]
    }
    mounted = {(mount["secretName"], mount["path"]) for mount in values["coordinator"]["secretMounts"]}
    keystore = values["server"]["config"]["https"]["keystore"]["path"]
    asked_for |= {(name, keystore.removeprefix(f"{path}/")) for name, path in mounted}
    asked_for |= {(values["auth"]["passwordAuthSecret"], "password.db")}
    assert asked_for <= secrets
    places = {each["metadata"]["name"]: each["data"] for each in made if each["kind"] == "ConfigMap"}
    catalog = dict(line.split("=", 1) for line in values["catalogs"]["iceberg"].splitlines())
    database = places["lakehouse-catalog"]
    assert catalog["iceberg.jdbc-catalog.connection-url"] == (
        f"jdbc:postgresql://{database['host']}:{database['port']}/{database['database']}"
    )
    assert catalog["s3.endpoint"] == places["lakehouse-s3"]["endpoint"]
    assert places["lakehouse-trino"] == {
        "host": "trino.telecom.svc",
        "port": str(values["server"]["config"]["https"]["port"]),
    }


def test_trino_has_the_version_and_the_limits_that_tests_run_with() -> None:
    values = yaml.safe_load((PLATFORM_CHART / "upstream" / "trino.yaml").read_text())
    assert values["image"] == {"tag": versions().trino.version}
    installed = (PLATFORM_CHART.parent / "tools" / "upstream_charts.sh").read_text()
    for section, key, file in (
        ("accessControl", r"rules.rules\.json", ACCESS_RULES),
        ("resourceGroups", "resourceGroupsConfig", RESOURCE_GROUPS),
        ("sessionProperties", "sessionPropertiesConfig", SESSION_PROPERTIES),
    ):
        assert values[section]["type"] == "configmap"
        assert f"--set-file '{section}.{key}={file.relative_to(REPOSITORY)}'" in installed


def test_people_read_the_tables_of_the_jobs_but_cannot_change_them() -> None:
    values = yaml.safe_load((PLATFORM_CHART / "upstream" / "trino.yaml").read_text())
    catalogs = {name: text for name, text in values["catalogs"].items() if text}
    # What may be read there is the business of a database user of its own.
    assert "${ENV:CRM_READER_USERNAME}" in catalogs.pop(CRM_CATALOG)
    assert catalogs == {CATALOG: catalogs[CATALOG], READERS_CATALOG: f"{catalogs[CATALOG]}iceberg.security=READ_ONLY\n"}


def test_each_user_of_the_access_rules_has_a_login_that_trino_knows() -> None:
    made = objects(helm("template", "release", str(PLATFORM_CHART), "--namespace", "telecom"))
    secrets = {each["metadata"]["name"]: each["stringData"] for each in made if each["kind"] == "Secret"}
    logins = [keys for keys in secrets.values() if "ca.crt" in keys and "username" in keys]
    hashes = dict(line.split(":") for line in secrets["lakehouse-trino-passwords"]["password.db"].splitlines())
    assert {keys["username"] for keys in logins} == hashes.keys() == set(TrinoUser)
    for keys in logins:
        known = hashes[keys["username"]]
        assert known.startswith("$2y$")
        assert bcrypt.checkpw(keys["password"].encode(), known.replace("$2y$", "$2b$").encode())
    assert len({keys["password"] for keys in logins}) == len(logins)


def test_for_a_trino_of_ones_own_no_logins_are_made() -> None:
    made = helm("template", "release", str(PLATFORM_CHART), "--set", "transform.trinoHost=trino.example.org")
    assert "lakehouse-trino" not in {each["metadata"]["name"] for each in objects(made) if each["kind"] == "Secret"}
