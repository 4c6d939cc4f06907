"""The stages of one pipeline, and the steps of its upgrade, as tables for people."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from telecom.pipelines.pipeline_view import PipelineView
from telecom.terminal.plain_table import WholeTable


def stage_tables(view: PipelineView) -> list[Table]:
    """The table of the stages, followed by that of the upgrade if there is a record of one."""
    upgrade = view.resource.get("status", {}).get("upgrade")
    return [_stages(view), *([_steps(upgrade)] if upgrade is not None else [])]


def _stages(view: PipelineView) -> Table:
    name = view.resource["metadata"]["name"]
    table = WholeTable("stage", "state", "ready", "why", title=f"{name}: {view.stage or 'not reconciled yet'}")
    for stage in view.stages:
        table.add_row(stage["name"], stage["state"], stage["ready"], stage["message"] or stage["reason"])
    table.caption = "\n".join(filter(None, [view.data_summary, *view.data_complaints]))
    return table


def _steps(upgrade: Mapping[str, Any]) -> Table:
    way = f"revision {upgrade['fromRevision']} to {upgrade['toRevision']}: {upgrade['state']}"
    table = WholeTable(
        "step", "action", "state", "since", title=f"upgrade from {way}", caption=upgrade["message"] or None
    )
    for step in upgrade["steps"]:
        table.add_row(step["stage"], step["action"], step["state"], step.get("startedAt", ""))
    return table
