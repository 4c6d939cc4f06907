"""Argo CD's view of a pipeline: the shipped Lua, run as Argo CD runs it."""

from typing import Any

import pytest
from lupa import LuaRuntime

from local.artefacts.versions import REPOSITORY

SCRIPT = (REPOSITORY / "manifests" / "argocd" / "health.lua").read_text()


def health(status: dict[str, Any] | None, generation: int = 1) -> tuple[str, str]:
    lua = LuaRuntime()
    resource = {"metadata": {"generation": generation}} | ({"status": status} if status else {})
    lua.globals().obj = lua.table_from(resource, recursive=True)
    answer = lua.execute(SCRIPT)
    return answer["status"], answer["message"]


def status(stage: str = "kafka", **conditions: str) -> dict[str, Any]:
    listed = [{"type": kind, "status": value, "message": f"{kind} says why"} for kind, value in conditions.items()]
    return {"observedGeneration": 1, "stage": stage, "conditions": listed}


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (status(Ready="True", Degraded="False", Paused="False"), ("Healthy", "Ready says why")),
        (status(Ready="False", Degraded="False", Paused="False"), ("Progressing", "Ready says why")),
        (status(Ready="False", Degraded="True", Paused="False"), ("Degraded", "Degraded says why")),
        (status(Ready="True", Degraded="False", Paused="True"), ("Suspended", "Paused says why")),
        (status("Suspended", Ready="False", Degraded="False"), ("Suspended", "sources and sink are stopped")),
    ],
)
def test_health_follows_the_conditions(seen: dict[str, Any], wanted: tuple[str, str]) -> None:
    assert health(seen) == wanted


def test_a_pipeline_that_was_not_looked_at_is_progressing() -> None:
    assert health(None)[0] == "Progressing"


def test_an_old_status_says_nothing_about_a_new_spec() -> None:
    assert health(status(Ready="True"), generation=2)[0] == "Progressing"
