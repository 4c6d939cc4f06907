"""What dashboards and alert rules name is there when a real Prometheus scrapes a pipeline that runs."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import START_SECONDS, condition_of, running, wait_until
from operator_fixtures import changed, sample, without
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

from contracts import metric_names
from local.adapters.kafka.nodes import METRICS_PORT_NAME as BROKER_METRICS
from local.cluster.local_cluster import LocalCluster
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.render.workload import METRICS_PORT_NAME

MISSING = missing_for_prometheus()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(900),
    pytest.mark.skipif(MISSING is not None, reason=f"no Prometheus here: {MISSING}"),
]

# Who tells these is scraped in tests/cluster.
OF_THE_OPERATOR = ("telecom_operator_", "telecom_gate_")
# Series that begin with an accident which does not happen here.
ONLY_AFTER_AN_ACCIDENT = {metric_names.FREEZER_DEAD_LETTERS: "an alert that cannot be read"}
PODS = ("deployment.", "job.", "flinkdeployment.")


def pipeline() -> Manifest:
    """The demo with sources that go on, soon some frauds, and some records that cannot be read."""
    resource = without(sample("demo"), "transform")
    simulator = resource["spec"]["sources"]["cdr"]["simulator"] | {
        "eventsPerSecond": 500,
        "durationSeconds": 3600,
        "faults": {"malformed": 0.01},
        "frauds": {"callVelocity": 500, "impossibleTravel": 500},
    }
    del simulator["history"]
    resource = changed(resource, "spec.sources.cdr.simulator", simulator)
    return changed(resource, "spec.sources.networkProbe.simulator.durationSeconds", 3600)


def targets(cluster: LocalCluster) -> list[Target]:
    ports = cluster.machine.ports
    found = []
    for record in cluster.machine.supervisor.records():
        if record.name.startswith((*PODS, "kafka.")) and record.is_ready:
            port_name = BROKER_METRICS if record.name.startswith("kafka.") else METRICS_PORT_NAME
            labels = {"namespace": "telecom", "pipeline": "demo", "pod": record.name}
            found.append(Target(ports.claim(f"{record.name}.{port_name}"), labels))
    return found


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    # Not below pytest's own folder: PostgreSQL runs as `nobody` for root, who may not enter that.
    root = Path(tempfile.mkdtemp(prefix="telecom-scrape-"))
    try:
        with running(LocalCluster(StateDirectory.open(root))) as cluster:
            cluster.services.want("postgres", "minio", "crm")
            resource = pipeline()
            cluster.store.apply(resource)

            def is_ready() -> bool:
                return condition_of(cluster.store.get(ref_of(resource)), "Ready").get("status") == "True"

            wait_until(is_ready, "the pipeline is ready", START_SECONDS)
            with prometheus(tmp_path_factory.mktemp("prometheus"), targets(cluster)) as server:
                wait_until(lambda: server.has(metric_names.FREEZER_DECISIONS), "a decision about a fraud", 120)
                wait_until(lambda: server.has(metric_names.SINK_DEAD_LETTERS), "a dead letter", 120)
                server.wait_until_up(120)
                yield server
    finally:
        shutil.rmtree(root, ignore_errors=True)


def told_here(expression: str) -> set[str]:
    """Metrics of an expression that the processes of a pipeline tell."""
    names = {name for name in metrics_of(expression) if not name.startswith(OF_THE_OPERATOR)}
    return names - set(ONLY_AFTER_AN_ACCIDENT)


def test_every_metric_that_is_named_exists(scraped: PrometheusServer) -> None:
    named = {name for expression in (*PANEL_QUERIES, *RULE_EXPRESSIONS) for name in told_here(expression)}
    assert named
    assert {name for name in named if not scraped.has(name)} == set()


def test_every_panel_has_something_to_show_with_the_labels_that_it_groups_by(scraped: PrometheusServer) -> None:
    told = [expression for expression in PANEL_QUERIES if told_here(expression)]
    # A rate needs two scrapes.
    wait_until(lambda: all(scraped.query(asked(each)) for each in told), "something in every panel", 90)
    lacking = {each: missing_labels(each, scraped.query(asked(each))) for each in told}
    assert {each: labels for each, labels in lacking.items() if labels} == {}


def test_prometheus_understands_every_rule(scraped: PrometheusServer) -> None:
    for expression in RULE_EXPRESSIONS:
        scraped.query(expression)
