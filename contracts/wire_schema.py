"""JSON Schemas of the events on the wire, generated from the models into `contracts/schemas/<topic>.json`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.events import Event
from contracts.events.field_types import LogicalType
from contracts.topics import EVENT_MODEL_BY_TOPIC
from contracts.wire_fields import FieldType, wire_fields

SCHEMA_FOLDER = Path(__file__).parent / "schemas"
_LOGICAL_TYPE_BY_FIELD_TYPE = {
    FieldType.TIMESTAMP: LogicalType.TIMESTAMP_MILLIS,
    FieldType.MONEY: LogicalType.MONEY,
    FieldType.INT: LogicalType.INT32,
}


class SchemaFolderError(Exception):
    """A folder holds no schema files, or a file that cannot be read."""


def wire_schema(model: type[Event]) -> dict[str, Any]:
    """JSON Schema of the model's wire format, self-contained (no `$ref`), with the record key and logical types.

    `x-key-field` names the field that is the record key, `x-logical-type` the meaning behind a JSON number.
    """
    generated = model.model_json_schema(mode="serialization")
    schema: dict[str, Any] = _inlined(generated, generated.get("$defs", {}))
    schema["x-topic"] = model.topic
    schema["x-key-field"] = model.key_field
    schema["x-schema-version"] = model.current_schema_version
    for field in wire_fields(model):
        if field.type in _LOGICAL_TYPE_BY_FIELD_TYPE:
            schema["properties"][field.name]["x-logical-type"] = str(_LOGICAL_TYPE_BY_FIELD_TYPE[field.type])
    return schema


def schema_files() -> dict[str, str]:
    """File name to text of every topic's schema: what `make gen` writes into `SCHEMA_FOLDER`."""
    return {
        f"{topic}.json": json.dumps(wire_schema(model), indent=2, sort_keys=True) + "\n"
        for topic, model in EVENT_MODEL_BY_TOPIC.items()
    }


def read_schemas(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Schemas of a folder by topic. Raises `SchemaFolderError` if there are none or a file is not JSON."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise SchemaFolderError(f"{folder} holds no schema files (<topic>.json); `make gen` writes them")
    return {path.stem: _read(path) for path in paths}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        schema: Mapping[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise SchemaFolderError(f"{path} is not JSON: {error}") from error
    return schema


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    """Copy with every `$ref` replaced by what it names, so that a change shows where it takes effect."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    rest = {key: _inlined(value, definitions) for key, value in node.items() if key not in ("$ref", "$defs")}
    if "$ref" not in node:
        return rest
    return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions) | rest
