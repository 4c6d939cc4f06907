"""What dashboards and alert rules ask of the operator is there when a real Prometheus scrapes it, gates included."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from operator_fixtures import endpoints_of, pipeline_of
from operator_process import OperatorProcess, eventually
from pipelines import apply, sample
from prometheus_package import missing_for_prometheus
from prometheus_server import (
    PANEL_QUERIES,
    RULE_EXPRESSIONS,
    PrometheusServer,
    Target,
    asked,
    metrics_of,
    missing_labels,
    prometheus,
)
from scene import Scene
from upstream import Upstream

from contracts.nightly_verdict import GateVerdict, NightlyVerdict
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.render.transform import render_batch_run

MISSING = missing_for_prometheus()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.usefixtures("crds"),
    pytest.mark.skipif(MISSING is not None, reason=f"no Prometheus here: {MISSING}"),
]
BLOCKED = NightlyVerdict(
    run_id="r1",
    gates=(
        GateVerdict(name="volume", layer="bronze", owner="platform", outcome="passed", value=0.1),
        GateVerdict(name="freshness", layer="gold", owner="data", outcome="failed", value=7.0),
    ),
)
FAILURE = ("FailureTarget", ("startTime",))
# The Job of a run is no child, so nobody watches it: a pass reads it, once a minute at most.
JOB_SEEN_SECONDS = 180
PUBLISHED_AT = "2026-03-01T12:00:00Z"


def run_nightly(scene: Scene, upstream: Upstream, name: str, condition: str) -> None:
    """Job and pod of a run that has ended, as the Job controller and a kubelet would leave them."""
    pipeline = pipeline_of(sample("demo", scene.namespace))
    job = render_batch_run(pipeline, endpoints_of(pipeline), names.NIGHTLY)
    # The API server takes the end of a Job only with what led to it.
    before, times = ("SuccessCriteriaMet", ("startTime", "completionTime")) if condition == "Complete" else FAILURE
    upstream.failing[job["metadata"]["name"]] = {
        "conditions": [
            {"type": kind, "status": "True", "reason": "x", "message": "it ended"} for kind in (before, condition)
        ],
        **dict.fromkeys(times, PUBLISHED_AT),
    }
    # Its own controller has nothing to do: who ran it is this test.
    apply(scene.control_plane, job | {"spec": job["spec"] | {"suspend": True}})
    template = job["spec"]["template"]
    metadata = template["metadata"] | {"name": name, "namespace": scene.namespace}
    apply(scene.control_plane, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]})
    end = {"exitCode": 3, "finishedAt": PUBLISHED_AT, "message": BLOCKED.text()}
    container = {"name": names.NIGHTLY, "image": "x", "imageID": "x", "ready": False, "restartCount": 0}
    status = {"phase": "Failed", "containerStatuses": [container | {"state": {"terminated": end}}]}
    scene.kubectl("patch", "pod", name, "--subresource=status", "--type=merge", "-p", json.dumps({"status": status}))


def published(scene: Scene) -> dict[str, str]:
    found: dict[str, str] = next(each for each in scene.status("demo")["conditions"] if each["type"] == "Published")
    return found


@pytest.fixture
def scraped(
    scene: Scene, running: OperatorProcess, upstream: Upstream, tmp_path: Path
) -> Iterator[tuple[Scene, Upstream, PrometheusServer]]:
    scene.apply("demo")
    scene.wait_ready("demo")
    with prometheus(tmp_path, [Target(running.port, {"pod": "operator-0"})]) as server:
        yield scene, upstream, server


def test_what_is_asked_of_the_operator_is_there(scraped: tuple[Scene, Upstream, PrometheusServer]) -> None:
    scene, upstream, server = scraped
    run_nightly(scene, upstream, "published", "Complete")
    eventually(
        lambda: published(scene)["status"] == "False", seconds=JOB_SEEN_SECONDS, what="a publication of long ago"
    )
    scene.kubectl("scale", "deployment", "demo-kafka-to-bronze", "--replicas=3")
    eventually(lambda: server.has("telecom_operator_drift_corrections_total"), what="a correction")

    def own(expression: str) -> set[str]:
        return {name for name in metrics_of(expression) if name.startswith(("telecom_operator_", "telecom_gate_"))}

    named = {name for expression in (*PANEL_QUERIES, *RULE_EXPRESSIONS) for name in own(expression)}
    assert {name for name in named if not server.has(name)} == set()
    of_the_operator = [expression for expression in PANEL_QUERIES if own(expression)]
    eventually(lambda: all(server.query(asked(each)) for each in of_the_operator), what="something in each panel")
    lacking = {each: missing_labels(each, server.query(asked(each))) for each in of_the_operator}
    assert {each: labels for each, labels in lacking.items() if labels} == {}
    for expression in RULE_EXPRESSIONS:
        server.query(expression)


def test_the_gates_that_blocked_are_in_status_and_prometheus(scraped: tuple[Scene, Upstream, PrometheusServer]) -> None:
    scene, upstream, server = scraped
    run_nightly(scene, upstream, "blocked", "Failed")
    is_named = "freshness (owner data)"
    eventually(lambda: is_named in published(scene)["message"], seconds=JOB_SEEN_SECONDS, what="the gate's name")
    assert [gate["outcome"] for gate in scene.status("demo")["data"]["nightly"]["gates"]] == ["passed", "failed"]
    failed = f'telecom_gate_outcome{{namespace="{scene.namespace}",pipeline="demo"}} == 2'
    eventually(lambda: bool(server.query(failed)), what="the gate in Prometheus")
    assert [sample["metric"]["gate"] for sample in server.query(failed)] == ["freshness"]

    scene.kubectl("delete", "job", "demo-nightly", "--wait=false")
    scene.kubectl("delete", "pod", "blocked", "--force", "--grace-period=0")
    scene.apply("demo", spec__monitoring={"lagLimitRecords": 7})
    eventually(
        lambda: bool(server.query("telecom_operator_pipeline_lag_limit_records == 7")), what="a pass after the clean-up"
    )
    assert len(server.query(failed)) == 1
