"""CRD, reference and samples: what an API server demands of them, and that they are those of the models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from operator_fixtures import REPOSITORY

from operators.telecom_pipeline.generate.__main__ import drifted
from operators.telecom_pipeline.generate.crd import crd, node_at, resource_schema
from operators.telecom_pipeline.generate.files import generated_files
from operators.telecom_pipeline.validate.rules import RULES
from operators.telecom_pipeline.validate.transitions import TRANSITIONS

# What JSONSchemaProps of apiextensions.k8s.io/v1 has, of what could appear here.
ALLOWED_KEYWORDS = {
    "type",
    "format",
    "description",
    "default",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "items",
    "maxItems",
    "minItems",
    "properties",
    "additionalProperties",
    "maxProperties",
    "required",
    "x-kubernetes-validations",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
}


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    children = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    for child in children:
        if isinstance(child, dict):
            yield from schemas(child)


def test_the_committed_files_are_those_of_the_models() -> None:
    assert drifted(REPOSITORY) == []


def test_a_file_that_was_edited_by_hand_is_named(tmp_path: Path) -> None:
    for path, text in generated_files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    sample = "manifests/samples/minimal.yaml"
    (tmp_path / sample).write_text("edited")
    assert drifted(tmp_path) == [sample]


def test_the_schema_is_structural() -> None:
    for schema in schemas(resource_schema()):
        assert set(schema) <= ALLOWED_KEYWORDS
        assert "type" in schema
        assert not {"properties", "additionalProperties"} <= schema.keys()


def test_everything_is_described() -> None:
    spec = resource_schema()["properties"]["spec"]
    for schema in schemas(spec):
        for name, child in schema.get("properties", {}).items():
            assert child.get("description"), name


def test_every_rule_for_the_api_server_stands_where_its_fields_are() -> None:
    schema = resource_schema()
    for path, cel in [(rule.schema_path, rule.cel) for rule in RULES] + [(rule.path, rule.cel) for rule in TRANSITIONS]:
        validations = node_at(schema, path)["x-kubernetes-validations"]
        assert cel in [validation["rule"] for validation in validations]


def test_messages_for_the_api_server_are_one_line() -> None:
    """An API server refuses a message with a line break, and one beyond 2048 characters."""
    for schema in schemas(resource_schema()):
        for validation in schema.get("x-kubernetes-validations", []):
            assert "\n" not in validation["message"]
            assert len(validation["message"]) < 2048


def test_users_may_write_tp_and_see_ready_stage_lag_freshness_and_age() -> None:
    spec = crd()["spec"]
    (version,) = spec["versions"]
    assert spec["names"]["shortNames"] == ["tp"]
    assert version["subresources"] == {"status": {}}
    shown = [column["name"] for column in version["additionalPrinterColumns"] if "priority" not in column]
    assert shown == ["Ready", "Stage", "Lag", "Freshness", "Age"]


@pytest.mark.parametrize("path", [path for path in generated_files() if path.endswith(".yaml")])
def test_generated_yaml_can_be_read(path: str) -> None:
    # A rule file is Prometheus' own and no object of Kubernetes.
    assert yaml.safe_load(generated_files()[path])["groups" if "/alerts/" in path else "kind"]
