from typing import Any

from telecom.pipelines.pipeline_view import PipelineView


def resource(observed_generation: int, ready: str = "True") -> dict[str, Any]:
    condition = {"type": "Ready", "status": ready, "message": "every stage is ready"}
    return {
        "metadata": {"generation": 2},
        "status": {"observedGeneration": observed_generation, "stage": "Running", "conditions": [condition]},
    }


def test_conditions_and_stage_are_read_from_a_current_status() -> None:
    view = PipelineView(resource(observed_generation=2))
    assert view.holds("Ready")
    assert view.message("Ready") == "every stage is ready"
    assert view.stage == "Running"


def test_a_condition_that_is_false_does_not_hold() -> None:
    assert not PipelineView(resource(observed_generation=2, ready="False")).holds("Ready")


def test_the_status_of_an_earlier_generation_says_nothing() -> None:
    view = PipelineView(resource(observed_generation=1))
    assert not view.holds("Ready")
    assert view.stage == ""


def test_before_the_first_reconciliation_nothing_is_known() -> None:
    view = PipelineView({"metadata": {"generation": 1}})
    assert not view.holds("Ready")
    assert view.stages == []


def test_what_is_wrong_with_the_data_is_told_of_a_ready_pipeline() -> None:
    found = resource(observed_generation=2)
    found["status"]["conditions"] += [
        {"type": "LagBounded", "status": "True", "message": "fine"},
        {"type": "BronzeFresh", "status": "Unknown", "message": "the sources send nothing"},
        {"type": "Published", "status": "False", "message": "gates failed: volume (owner data)"},
    ]
    found["status"]["data"] = {"lag": "<1k", "freshness": "", "lastPublicationTime": "2026-03-01T12:00:00Z"}
    view = PipelineView(found)
    assert view.data_complaints == ["Published is False: gates failed: volume (owner data)"]
    assert view.data_summary == "lag <1k, published 2026-03-01T12:00:00Z"
