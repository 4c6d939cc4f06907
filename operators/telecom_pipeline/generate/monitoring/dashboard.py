"""A dashboard, and its JSON as Grafana reads it."""

from dataclasses import dataclass
from typing import Any

# Grafana's grid is 24 columns wide.
_PANEL_WIDTH = 8
_PANEL_HEIGHT = 8
_COLUMNS = 24
_SCHEMA_VERSION = 39
_DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


@dataclass(frozen=True)
class Query:
    """One or more lines of a panel; `legend` may name labels as {{label}}."""

    expression: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """A chart over time; `about` says how to read it, `unit` is Grafana's name of a unit."""

    title: str
    about: str
    unit: str
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Dashboard:
    """Panels under one title; `pipelines_from` is the metric whose labels are the pipelines to choose from."""

    uid: str
    title: str
    pipelines_from: str
    panels: tuple[Panel, ...]


def dashboard_json(dashboard: Dashboard) -> dict[str, Any]:
    """Grafana's JSON, in a fixed order of keys."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["telecom-lakehouse"],
        "schemaVersion": _SCHEMA_VERSION,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [_datasource_variable(), *_pipeline_variables(dashboard.pipelines_from)]},
        "panels": [_panel(number, panel) for number, panel in enumerate(dashboard.panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    per_row = _COLUMNS // _PANEL_WIDTH
    row, column = divmod(number, per_row)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.about,
        "datasource": _DATASOURCE,
        "gridPos": {"h": _PANEL_HEIGHT, "w": _PANEL_WIDTH, "x": column * _PANEL_WIDTH, "y": row * _PANEL_HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [_target(index, query) for index, query in enumerate(panel.queries)],
    }


def _target(index: int, query: Query) -> dict[str, Any]:
    return {
        "refId": chr(ord("A") + index),
        "datasource": _DATASOURCE,
        "expr": query.expression,
        "legendFormat": query.legend,
    }


def _datasource_variable() -> dict[str, Any]:
    return {"name": "datasource", "type": "datasource", "query": "prometheus"}


def _pipeline_variables(metric: str) -> list[dict[str, Any]]:
    return [
        _variable("namespace", f"label_values({metric}, namespace)"),
        _variable("pipeline", f'label_values({metric}{{namespace=~"$namespace"}}, pipeline)'),
    ]


def _variable(name: str, query: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "query",
        "datasource": _DATASOURCE,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }
