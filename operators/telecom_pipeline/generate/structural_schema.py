"""From a pydantic model to the structural schema that a CRD needs (KEP-2335): no references, no null, no titles."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from operators.telecom_pipeline.spec.base import PROFILE_DEFAULTS_KEY

Schema = dict[str, Any]

# JSON Schema keywords that the OpenAPI subset of CRDs does not have.
FOREIGN_KEYWORDS = ("title", "examples", "$defs", PROFILE_DEFAULTS_KEY)


def structural_schema(model: type[BaseModel]) -> Schema:
    """Schema of a model. It does not mention unknown fields, which API servers refuse when asked to be strict."""
    schema = model.model_json_schema(by_alias=True)
    return _structural(schema, schema.get("$defs", {}))


def _structural(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Schema:
    inlined = _without_null(_inlined(schema, definitions), definitions)
    result = {key: value for key, value in inlined.items() if key not in FOREIGN_KEYWORDS}
    if "const" in result:
        result["enum"] = [result.pop("const")]
    if result.get("type") == "string" and "enum" in result:
        # API servers refuse a rule whose cost they cannot bound.
        result["maxLength"] = max(map(len, result["enum"]))
    _translate_children(result, definitions)
    _translate_default(result)
    return result


def _inlined(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Schema:
    """The definition that a schema refers to, overridden by what stands beside the reference."""
    if "$ref" not in schema:
        return dict(schema)
    target = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def _without_null(schema: Schema, definitions: Mapping[str, Any]) -> Schema:
    """`X or null` is X that may be absent."""
    if "anyOf" not in schema:
        return schema
    (alternative,) = (option for option in schema["anyOf"] if option.get("type") != "null")
    beside = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**_inlined(alternative, definitions), **beside}


def _translate_children(schema: Schema, definitions: Mapping[str, Any]) -> None:
    if "properties" in schema:
        properties = schema["properties"].items()
        schema["properties"] = {name: _structural(child, definitions) for name, child in properties}
    if isinstance(schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = _structural(schema["additionalProperties"], definitions)
    else:
        schema.pop("additionalProperties", None)
    if "items" in schema:
        schema["items"] = _structural(schema["items"], definitions)


def _translate_default(schema: Schema) -> None:
    """A section's default is complete: the API server checks it before it adds the defaults of fields."""
    if "default" not in schema:
        return
    if schema["default"] is None:
        del schema["default"]
    else:
        schema["default"] = _present(schema["default"])


def _present(value: Any) -> Any:
    """A value without its null fields: the profile decides what is absent."""
    if isinstance(value, dict):
        return {key: _present(each) for key, each in value.items() if each is not None}
    return value
