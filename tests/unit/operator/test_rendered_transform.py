"""`spec.transform`: settings of the batch jobs, and the Job of one run."""

import json
from typing import Any

import pytest
from operator_fixtures import changed, endpoints_of, pipeline_of, sample

from contracts.batch_settings import ChurnSettings, CrmIngestSettings, GateAcceptanceSettings, NightlySettings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.labels import owned_by
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.endpoints import Endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline, profile_default_of
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.render.transform import BATCH_JOBS, UnknownRunError, render_batch_run
from operators.telecom_pipeline.spec.transform import Transform
from operators.telecom_pipeline.validate import validate

DEMO = sample("demo")
TRINO = DEMO["spec"]["transform"]["trino"]
SETTINGS = {
    names.NIGHTLY: NightlySettings,
    names.GATE_ACCEPTANCE: GateAcceptanceSettings,
    names.CRM_BATCH_INGESTOR: CrmIngestSettings,
    names.CHURN: ChurnSettings,
}

# The verdict of the gates, where Kubernetes keeps it in the status of the pod.
REPORT = ("--report", "/dev/termination-log")


def run_of(component: str, *arguments: str, resource: Manifest = DEMO) -> Manifest:
    pipeline = pipeline_of(resource)
    return render_batch_run(pipeline, endpoints_of(pipeline), component, arguments)


def settings_of(component: str, resource: Manifest = DEMO) -> dict[str, Any]:
    pipeline = pipeline_of(resource)
    rendered = {(child["kind"], child["metadata"]["name"]): child for child in render(pipeline, endpoints_of(pipeline))}
    settings: dict[str, Any] = json.loads(rendered["ConfigMap", f"demo-{component}"]["data"]["settings.json"])
    return settings


@pytest.mark.parametrize("component", BATCH_JOBS)
def test_every_batch_job_can_read_its_settings(component: str) -> None:
    SETTINGS[component].model_validate(settings_of(component))


def test_a_run_has_its_date_behind_the_settings_file() -> None:
    (container,) = run_of(names.NIGHTLY, "--date", "2026-11-20")["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["--settings", "/etc/telecom/settings.json", *REPORT, "--date", "2026-11-20"]


def test_a_run_is_not_a_child_that_the_operator_would_prune() -> None:
    labels = run_of(names.NIGHTLY)["metadata"]["labels"]
    assert not owned_by("demo").items() <= labels.items()


def test_a_run_is_tried_once() -> None:
    assert run_of(names.NIGHTLY)["spec"]["backoffLimit"] == 0


@pytest.mark.parametrize("component", BATCH_JOBS)
def test_a_run_may_do_no_more_than_any_other_pod(component: str) -> None:
    pod = run_of(component)["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"ports", "readinessProbe", "livenessProbe", "startupProbe"} & container.keys()


def test_each_job_gets_only_the_secrets_it_uses() -> None:
    secrets = {component: secrets_of(run_of(component)) for component in BATCH_JOBS}
    lake = {"lakehouse-s3", "lakehouse-catalog"}
    assert secrets[names.NIGHTLY] == lake | {"pii-token-key", "lakehouse-trino"}
    assert secrets[names.CRM_BATCH_INGESTOR] == lake | {"crm-database"}
    assert secrets[names.CHURN] == lake | {"crm-database", "lakehouse-trino"}


def test_the_nightly_run_logs_in_to_trino_with_what_the_secrets_hold() -> None:
    pod = run_of(names.NIGHTLY)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    login = {each["name"]: each["valueFrom"] for each in container["env"] if each["name"].startswith("TRINO_")}
    assert login == {
        "TRINO_USERNAME": {"secretKeyRef": {"name": "lakehouse-trino", "key": "username"}},
        "TRINO_PASSWORD": {"secretKeyRef": {"name": "lakehouse-trino", "key": "password"}},
    }
    (mount,) = [each for each in container["volumeMounts"] if each["name"] == "trino-ca"]
    assert settings_of(names.NIGHTLY)["trino"]["ca_file"] == f"{mount['mountPath']}/ca.crt"


def test_without_an_authority_the_systems_own_are_trusted() -> None:
    demo = changed(DEMO, "spec.transform.trino", {key: TRINO[key] for key in TRINO.keys() - {"caSecretRef"}})
    assert settings_of(names.NIGHTLY, demo)["trino"]["ca_file"] is None
    volumes = run_of(names.NIGHTLY, resource=demo)["spec"]["template"]["spec"]["volumes"]
    assert "trino-ca" not in {volume["name"] for volume in volumes}


def secrets_of(job: Manifest) -> set[str]:
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return {variable["valueFrom"]["secretKeyRef"]["name"] for variable in container["env"]}


def test_without_the_section_there_is_nothing_to_run() -> None:
    pipeline = pipeline_of(sample("minimal"))
    with pytest.raises(UnknownRunError, match="cannot run"):
        render_batch_run(pipeline, endpoints_of(pipeline), names.NIGHTLY)


def test_nothing_runs_before_its_neighbours_are_known() -> None:
    with pytest.raises(UnknownRunError, match="telecom/demo"):
        render_batch_run(pipeline_of(DEMO), Endpoints(), names.NIGHTLY)


@pytest.mark.parametrize("section", ["trino", "crm"])
def test_a_neighbour_is_given_once(section: str) -> None:
    twice = changed(DEMO, f"spec.transform.{section}.connection", {"host": "x", "database": "y"})
    if section == "trino":
        del twice["spec"]["transform"]["trino"]["connection"]["database"]
    problems = validate(twice)
    assert not isinstance(problems, Pipeline)
    assert [problem.path for problem in problems] == [f"spec.transform.{section}"]


def test_the_threads_of_dbt_follow_profile_and_spec() -> None:
    default = profile_default_of(Transform, "dbt_threads", "dev")
    assert settings_of(names.NIGHTLY)["dbt"]["threads"] == default
    assert settings_of(names.NIGHTLY, changed(DEMO, "spec.transform.dbtThreads", 5))["dbt"]["threads"] == 5
