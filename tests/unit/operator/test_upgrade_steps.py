"""Which steps lead from one spec to another, in which order, and when two specs are the same."""

from operator_fixtures import (
    endpoints_of,
    pipeline_of,
    sample,
)

from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.upgrade.record import UpgradeStep
from operators.telecom_pipeline.upgrade.revisions import spec_digest
from operators.telecom_pipeline.upgrade.steps import UPGRADED_STAGES, Rendering, find_steps


def test_a_number_written_differently_is_the_same_spec() -> None:
    assert spec_digest({"upgrade": {"stepTimeoutSeconds": 4}}) == spec_digest({"upgrade": {"stepTimeoutSeconds": 4.0}})
    assert spec_digest({"upgrade": {"stepTimeoutSeconds": 4}}) != spec_digest({"upgrade": {"stepTimeoutSeconds": 4.5}})


def test_every_stage_but_the_records_has_its_place_in_an_upgrade_and_flink_goes_before_the_sink() -> None:
    assert set(UPGRADED_STAGES) == set(Stage) - {Stage.STORAGE}
    assert len(UPGRADED_STAGES) == len(set(UPGRADED_STAGES))
    order = [step.stage for step in fraud_upgrade()]
    assert order == ["kafka", "topics", "users", "fraud-detection", "account-freezer", "bronze", "sources"]


def test_removals_go_in_reverse_order() -> None:
    pipeline = pipeline_of(sample("fraud"))
    before = Rendering(render(pipeline, endpoints_of(pipeline)))
    removals = [step.stage for step in find_steps(before, Rendering(()))]
    assert removals == ["sources", "bronze", "account-freezer", "fraud-detection", "users", "topics", "kafka"]


def fraud_upgrade() -> list[UpgradeStep]:
    """Steps of a change that touches every stage of the sample."""
    pipeline = pipeline_of(sample("fraud"))
    target = render(pipeline, endpoints_of(pipeline))
    before = tuple({**manifest, "changed": True} for manifest in target)
    return find_steps(Rendering(before), Rendering(target))
