"""Compatibility of two versions of the wire schemas: what may change and what may not.

A table, a Flink job and every consumer live on the old schema while a producer moves to the new one (and the other way
round during a rollback), so only additive change is allowed: a new optional field, or a new enum value, which consumers
keep as text (tables store enums as strings). Everything else is a breach, named by topic and field.

    python -m contracts.compatibility OLD_DIR [NEW_DIR]
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.wire_schema import SCHEMA_FOLDER, SchemaFolderError, read_schemas

JsonSchema = Mapping[str, Any]
# Annotations have no effect on the data; enum values may grow, `_removed_values` looks at them.
_ANNOTATIONS = frozenset({"title", "description", "examples", "default", "enum"})


@dataclass(frozen=True, order=True)
class Breach:
    """One change that readers of the old or of the new schema cannot cope with."""

    topic: str
    field: str | None
    problem: str

    def __str__(self) -> str:
        place = self.topic if self.field is None else f"{self.topic}.{self.field}"
        return f"{place}: {self.problem}"


def breaches(old: Mapping[str, JsonSchema], new: Mapping[str, JsonSchema]) -> tuple[Breach, ...]:
    """Incompatible changes between two sets of wire schemas by topic (`wire_schema`), sorted; empty when compatible."""
    return tuple(sorted(_all_breaches(old, new), key=str))


def _all_breaches(old: Mapping[str, JsonSchema], new: Mapping[str, JsonSchema]) -> Iterator[Breach]:
    for topic, before in old.items():
        if topic not in new:
            yield Breach(topic, None, "the topic was removed; keep its model for as long as its data is read")
        else:
            yield from _topic_breaches(topic, before, new[topic])


def _topic_breaches(topic: str, old: JsonSchema, new: JsonSchema) -> Iterator[Breach]:
    if old["x-key-field"] != new["x-key-field"]:
        yield Breach(
            topic,
            new["x-key-field"],
            f"is the record key now, it was {old['x-key-field']}: records of one key would lie in two partitions",
        )
    for name, before in old["properties"].items():
        if name not in new["properties"]:
            yield Breach(topic, name, "was removed or renamed; keep it and add the new field beside it")
        else:
            yield from _field_breaches(topic, name, before, new["properties"][name])
    yield from _requirement_breaches(topic, old, new)


def _field_breaches(topic: str, name: str, old: JsonSchema, new: JsonSchema) -> Iterator[Breach]:
    if _type_of(old) != _type_of(new):
        yield Breach(topic, name, f"was retyped from {_shown(old)} to {_shown(new)}; add a new field instead")
    removed = _removed_values(old, new)
    if removed:
        yield Breach(topic, name, f"no longer allows {', '.join(removed)}, which stored events hold")


def _requirement_breaches(topic: str, old: JsonSchema, new: JsonSchema) -> Iterator[Breach]:
    was_required = set(old["required"])
    for name in new["required"]:
        if name not in old["properties"]:
            yield Breach(topic, name, "is new and required, but stored events lack it; give it a default")
        elif name not in was_required:
            yield Breach(topic, name, "became required, but stored events may lack it")
    for name in sorted(was_required & set(new["properties"]) - set(new["required"])):
        yield Breach(topic, name, "became optional, but readers of the old schema demand it")


def _type_of(schema: JsonSchema) -> JsonSchema:
    """The part of a field's schema that says which values it takes, enum values aside."""
    return {
        key: [_type_of(option) for option in value] if key == "anyOf" else value
        for key, value in schema.items()
        if key not in _ANNOTATIONS
    } | {"is_enum": "enum" in schema}


def _removed_values(old: JsonSchema, new: JsonSchema) -> list[str]:
    kept = _enum_values(new)
    return [str(value) for value in _enum_values(old) if value not in kept] if kept else []


def _enum_values(schema: JsonSchema) -> list[Any]:
    options = schema.get("anyOf", [])
    return [*schema.get("enum", []), *(value for option in options for value in option.get("enum", []))]


def _shown(schema: JsonSchema) -> str:
    return json.dumps({key: value for key, value in schema.items() if key not in _ANNOTATIONS - {"enum"}})


def main(arguments: list[str]) -> int:
    """Compare two folders of schema files (the second: the committed ones) and print breaches; 1 if there are any."""
    if len(arguments) not in (1, 2):
        print("usage: python -m contracts.compatibility OLD_DIR [NEW_DIR]", file=sys.stderr)
        return 2
    old, new = Path(arguments[0]), Path(arguments[1]) if len(arguments) == 2 else SCHEMA_FOLDER
    try:
        found = breaches(read_schemas(old), read_schemas(new))
    except SchemaFolderError as error:
        print(error, file=sys.stderr)
        return 2
    for breach in found:
        print(breach, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
