"""YAML of one resource: what YAML would take silently, such as a key that stands twice, is an error."""

from collections.abc import Hashable
from typing import Any

import yaml


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping, of which YAML keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        written: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if (key.tag, key.value) in written:
                    problem = f"the key {key.value!r} stands twice in one mapping"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                written.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


def documents_of(text: str) -> list[Any]:
    """The documents of a file, without those that are empty. Raises `yaml.YAMLError`."""
    try:
        found = list(yaml.load_all(text, _StrictLoader))
    except (RecursionError, ValueError) as error:  # brackets within brackets; a date such as 2026-13-01
        raise yaml.YAMLError(_why(error)) from error
    return [document for document in found if document is not None]


def _why(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
