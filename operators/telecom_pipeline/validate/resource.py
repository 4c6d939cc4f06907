"""Validates a whole resource: its identity, its schema, the rules, and the change from the last valid spec."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operators.telecom_pipeline.objects.custom_resource import API_VERSION, KIND_NAME
from operators.telecom_pipeline.pipeline.pipeline import Pipeline, resolve
from operators.telecom_pipeline.validate.problem import Problem
from operators.telecom_pipeline.validate.rules import NAME_RULES, NAMESPACE_RULE, NameRule, rule_problems
from operators.telecom_pipeline.validate.schema import parse_spec
from operators.telecom_pipeline.validate.suggestion import did_you_mean
from operators.telecom_pipeline.validate.transitions import transition_problems

TOP_LEVEL_FIELDS = ("apiVersion", "kind", "metadata", "spec", "status")


def validate(
    resource: Mapping[str, Any], accepted_spec: Mapping[str, Any] | None = None
) -> Pipeline | tuple[Problem, ...]:
    """Pipeline of a TelecomPipeline resource, or every problem it has, in a stable order.

    `accepted_spec` is the last spec that was valid; if given, the change from it is checked too.
    """
    problems = list(_identity_problems(resource))
    metadata, raw_spec = _mapping(resource, "metadata"), _mapping(resource, "spec")
    if "spec" in resource and not isinstance(resource["spec"], Mapping):
        return (*problems, Problem("spec", "must be a mapping of fields"))
    spec, spec_problems = parse_spec(raw_spec)
    problems += spec_problems
    if spec is None:
        return tuple(problems)
    pipeline = resolve(str(metadata.get("name", "")), str(metadata.get("namespace", "")), spec)
    problems += rule_problems(pipeline)
    if accepted_spec is not None:
        problems += _change_problems(pipeline, accepted_spec)
    return tuple(problems) if problems else pipeline


def _mapping(resource: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = resource.get(key)
    return value if isinstance(value, Mapping) else {}


def _identity_problems(resource: Mapping[str, Any]) -> Iterator[Problem]:
    for key in resource:
        if key not in TOP_LEVEL_FIELDS:
            yield Problem(str(key), f"is not a field of {KIND_NAME}; {did_you_mean(str(key), TOP_LEVEL_FIELDS)}")
    for key, expected in (("apiVersion", API_VERSION), ("kind", KIND_NAME)):
        if resource.get(key) != expected:
            yield Problem(key, f"must be {expected}, not {resource.get(key)!r}")
    if not isinstance(resource.get("metadata", {}), Mapping):
        yield Problem("metadata", "must be a mapping of fields")
        return
    metadata = _mapping(resource, "metadata")
    for key, rules in (("name", NAME_RULES), ("namespace", (NAMESPACE_RULE,))):
        yield from _name_problems(f"metadata.{key}", metadata.get(key), rules)


def _name_problems(path: str, name: object, rules: Sequence[NameRule]) -> Iterator[Problem]:
    if name is None or name == "":
        yield Problem(path, "is required")
    elif not isinstance(name, str):
        yield Problem(path, f"must be text, not {name!r}; put it in quotes if it is meant as it is written")
    else:
        yield from (Problem(path, rule.message) for rule in rules if not rule.holds(name))


def _change_problems(pipeline: Pipeline, accepted_spec: Mapping[str, Any]) -> Iterator[Problem]:
    before, _ = parse_spec(accepted_spec)
    if before is not None:
        yield from transition_problems(resolve(pipeline.name, pipeline.namespace, before), pipeline)
