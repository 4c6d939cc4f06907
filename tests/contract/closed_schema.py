"""The schema of a CRD as an API server applies it when asked to be strict."""

from typing import Any


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with unknown fields refused, unless it keeps them on purpose."""
    result = dict(schema)
    if "properties" in schema:
        result["properties"] = {name: closed(child) for name, child in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = closed(schema[key])
    return result
