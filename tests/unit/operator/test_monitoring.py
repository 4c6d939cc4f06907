"""Dashboards and alerts ask only for metrics and labels that somebody declares."""

import json
import re

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge

from contracts import metric_names
from jobs.account_freezer.metrics import FreezerMetrics
from jobs.kafka_to_bronze.metrics import SinkMetrics
from jobs.producers.sending.metrics import ProducerMetrics
from operators.telecom_pipeline.controller.metrics import OperatorMetrics
from operators.telecom_pipeline.generate.monitoring.alert_rules import DATA_RULES, OPERATOR_RULES
from operators.telecom_pipeline.generate.monitoring.dashboard import Dashboard, dashboard_json
from operators.telecom_pipeline.generate.monitoring.files import DASHBOARDS
from operators.telecom_pipeline.generate.monitoring.selectors import TARGET_LABELS

# Labels of metrics that engines declare, not we; taken from their documentation.
UPSTREAM_LABELS = {"rule", "topic", "partition"}


def declared() -> dict[str, set[str]]:
    """Labels by the name of each metric that our own processes declare."""
    registry = CollectorRegistry()
    for metrics in (SinkMetrics, ProducerMetrics, FreezerMetrics):
        metrics(registry)
    OperatorMetrics(registry, lambda: 0.0)
    own = {name: set(collector._labelnames) for name, collector in registry._names_to_collectors.items()}
    flink = [name for name in vars(metric_names).values() if str(name).startswith("flink_")]
    upstream = [*flink, *metric_names.KAFKA_METRICS]
    return own | dict.fromkeys(upstream, UPSTREAM_LABELS)


DECLARED = declared()
EXPRESSIONS = [
    *(query.expression for board in DASHBOARDS for panel in board.panels for query in panel.queries),
    *(rule.expression for rule in OPERATOR_RULES + DATA_RULES),
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_names_metrics_and_labels_that_exist(expression: str) -> None:
    metrics = re.findall(r"\b(?:telecom|flink|kafka)_\w+", expression)
    assert metrics
    assert set(metrics) <= set(DECLARED)
    grouped = re.findall(r"by \(([^)]*)\)", expression)
    matched = re.findall(r'(\w+)=~?"', expression)
    labels = {label.strip() for group in grouped for label in group.split(",") if label.strip()} | set(matched)
    known = {"le", *TARGET_LABELS}.union(*(DECLARED[metric] for metric in metrics))
    assert labels <= known


def test_a_counter_is_read_as_a_rate_and_a_gauge_is_not() -> None:
    registry = CollectorRegistry()
    SinkMetrics(registry)
    kinds = {name: type(found) for name, found in registry._names_to_collectors.items()}
    for expression in EXPRESSIONS:
        for rated, metric in re.findall(r"(rate\()?(telecom_sink_\w+)", expression):
            if kinds[metric] in (Counter, Gauge):
                assert bool(rated) == (kinds[metric] is Counter), expression


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.uid)
def test_a_legend_shows_only_labels_that_the_query_keeps(board: Dashboard) -> None:
    for panel in board.panels:
        for query in panel.queries:
            kept = {
                label.strip() for group in re.findall(r"by \(([^)]*)\)", query.expression) for label in group.split(",")
            }
            assert set(re.findall(r"{{(\w+)}}", query.legend)) <= kept, panel.title


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.uid)
def test_panels_do_not_cover_each_other(board: Dashboard) -> None:
    panels = json.loads(json.dumps(dashboard_json(board)))["panels"]
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
