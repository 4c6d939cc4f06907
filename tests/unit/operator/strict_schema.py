"""The schema of the CRD as an API server applies it when asked to be strict, which is kubectl's default."""

from typing import Any


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with unknown fields refused, which is what strict field validation adds."""
    result = dict(schema)
    if "properties" in schema:
        result["properties"] = {name: closed(child) for name, child in schema["properties"].items()}
        result["additionalProperties"] = False
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = closed(schema["additionalProperties"])
    return result
