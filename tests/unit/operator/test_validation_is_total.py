"""Whatever stands in a resource, validation answers and never raises; and it agrees with the CRD's schema."""

from datetime import date
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from operator_fixtures import changed, sample
from strict_schema import closed

from operators.telecom_pipeline.generate.crd import resource_schema
from operators.telecom_pipeline.generate.structural_schema import Schema
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.validate import Problem, validate
from operators.telecom_pipeline.validate.schema import parse_spec

DEMO = sample("demo")
SPEC_SCHEMA = resource_schema()["properties"]["spec"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.floats(-1, 5000) | st.text(max_size=8) | st.just("2Gi"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=4,
)


def paths(schema: Schema, path: str) -> list[str]:
    found = [path]
    for name, child in schema.get("properties", {}).items():
        found += paths(child, f"{path}.{name}")
    return found


PATHS = st.sampled_from(paths(SPEC_SCHEMA, "spec"))
CRD_SPEC = jsonschema.Draft202012Validator(closed(SPEC_SCHEMA))


@settings(max_examples=300, deadline=None)
@given(path=PATHS, value=VALUES)
def test_any_value_at_any_path_is_answered(path: str, value: Any) -> None:
    outcome = validate(changed(DEMO, path, value))
    if not isinstance(outcome, Pipeline):
        assert outcome
        assert all(isinstance(problem, Problem) and problem.message for problem in outcome)


@settings(max_examples=100, deadline=None)
@given(key=st.sampled_from(["metadata", "spec", "kind", 7, None]), value=VALUES)
def test_any_value_of_any_part_is_answered(key: Any, value: Any) -> None:
    outcome = validate({**DEMO, key: value})
    assert isinstance(outcome, Pipeline) or all(str(problem) for problem in outcome)


@settings(max_examples=300, deadline=None)
@given(path=PATHS, value=VALUES)
def test_models_and_crd_take_and_refuse_the_same(path: str, value: Any) -> None:
    resource = changed(DEMO, path, value)
    if isinstance(resource["spec"], dict):
        _, problems = parse_spec(resource["spec"])
        assert (not problems) == CRD_SPEC.is_valid(resource["spec"]), problems


def test_a_whole_number_may_be_written_as_a_fraction() -> None:
    outcome = validate(changed(DEMO, "spec.kafka.brokers", 3.0))
    assert isinstance(outcome, Pipeline)
    assert outcome.kafka.broker_count == 3


def test_a_date_where_text_is_wanted_is_refused_as_its_text() -> None:
    """YAML reads an unquoted 2026-01-01 as a date, which JSON does not have."""
    outcome = validate(changed(DEMO, "spec.kafka.version", date(2026, 1, 1)))
    assert not isinstance(outcome, Pipeline)
    assert "not the text '2026-01-01'" in outcome[0].message
