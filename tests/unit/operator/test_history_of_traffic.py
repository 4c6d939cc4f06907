"""The history goes before the sources: what it becomes, who waits for it, and when it is sent again."""

from copy import deepcopy
from typing import Any

import pytest
from operator_fixtures import changed, endpoints_of, pipeline_of, sample

from contracts.settings import CdrHistorySettings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.labels import RUN_DIGEST_ANNOTATION, STAGE_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.validate import validate

HISTORY = "spec.sources.cdr.simulator.history"
WITH_HISTORY = changed(sample("demo"), HISTORY, {"startTime": "P92D", "subscriberCount": 200})
WITHOUT_HISTORY = deepcopy(WITH_HISTORY)
del WITHOUT_HISTORY["spec"]["sources"]["cdr"]["simulator"]["history"]


def manifests(resource: Manifest) -> dict[tuple[str, str], Manifest]:
    pipeline = pipeline_of(resource)
    rendered = render(pipeline, endpoints_of(pipeline))
    return {(manifest["kind"], manifest["metadata"]["name"]): manifest for manifest in rendered}


def run_digest(resource: Manifest, component: str) -> str:
    annotations: dict[str, str] = manifests(resource)["Job", f"demo-{component}"]["metadata"]["annotations"]
    return annotations[RUN_DIGEST_ANNOTATION]


def problems(resource: Manifest) -> list[str]:
    outcome = validate(resource)
    return [] if isinstance(outcome, Pipeline) else [str(problem) for problem in outcome]


def test_a_history_is_a_job_of_its_own_stage_with_a_user_of_its_own() -> None:
    rendered = manifests(WITH_HISTORY)
    job = rendered["Job", "demo-cdr-history"]
    assert job["metadata"]["labels"][STAGE_LABEL] == "history"
    assert ("KafkaUser", "demo-cdr-history") in rendered
    settings = CdrHistorySettings.model_validate_json(
        rendered["ConfigMap", "demo-cdr-history"]["data"]["settings.json"]
    )
    assert (settings.start_time, settings.user_count, settings.load_curve) == ("P92D", 200, "diurnal")
    assert (settings.subscriber_count, settings.seed, settings.tower_count) == (10_000, 42, 500)
    assert settings.faults.late == settings.frauds.call_velocity == 0


def test_without_a_history_there_is_none() -> None:
    assert not [name for _, name in manifests(WITHOUT_HISTORY) if names.CDR_HISTORY in name]


def test_a_history_goes_also_before_a_source_without_an_end() -> None:
    unbounded = deepcopy(WITH_HISTORY)
    del unbounded["spec"]["sources"]["cdr"]["simulator"]["durationSeconds"]
    kinds = {kind for kind, name in manifests(unbounded) if name == "demo-cdr-producer"}
    assert "Deployment" in kinds and ("Job", "demo-cdr-history") in manifests(unbounded)


@pytest.mark.parametrize(
    ("field", "value", "again"),
    [
        (f"{HISTORY}.startTime", "P100D", True),
        (f"{HISTORY}.eventsPerSecond", 1, True),
        ("spec.sources.cdr.simulator.seed", 7, True),
        (f"{HISTORY}.speed", 1000, False),
        ("spec.sources.cdr.simulator.eventsPerSecond", 7, False),
        ("spec.sources.cdr.simulator.durationSeconds", 7, False),
        ("spec.image.tag", "new", False),
    ],
)
def test_a_history_is_sent_again_only_if_it_is_another(field: str, value: Any, again: bool) -> None:
    other = changed(WITH_HISTORY, field, value)
    assert (run_digest(other, "cdr-history") != run_digest(WITH_HISTORY, "cdr-history")) == again


def test_another_history_does_not_start_the_source_again() -> None:
    others = (changed(WITH_HISTORY, HISTORY, history) for history in ({}, {"speed": 7}))
    digests = {run_digest(each, "cdr-producer") for each in (WITHOUT_HISTORY, *others)}
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("history", "path"),
    [
        ({"startTime": "P3M"}, f"{HISTORY}.startTime"),
        ({"startTime": "2026-02-30T00:00:00Z"}, f"{HISTORY}.startTime"),
        ({"startTime": "P9999D"}, f"{HISTORY}.startTime"),
        ({"speed": 0.5}, f"{HISTORY}.speed"),
        ({"faults": {"late": 0.7, "duplicate": 0.7}}, f"{HISTORY}.faults"),
    ],
)
def test_an_impossible_history_is_refused_by_its_path(history: dict[str, Any], path: str) -> None:
    assert any(path in problem for problem in problems(changed(WITH_HISTORY, HISTORY, history)))
