"""Checks each field of a resource by itself: is it known, of the right type and within its limits?"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from operators.telecom_pipeline.spec import PipelineSpec
from operators.telecom_pipeline.validate.problem import Problem
from operators.telecom_pipeline.validate.suggestion import did_you_mean

Path = tuple[str | int, ...]


def parse_spec(raw: Mapping[str, Any]) -> tuple[PipelineSpec | None, list[Problem]]:
    """The spec and its problems. Fields with problems are left out of it; it is None if the rest is not a spec.

    That way, rules that span fields are still checked on the sound part, and a person sees all problems at once.
    """
    empty = list(_empty_fields(raw, ()))
    problems = [
        Problem(_text(path), "is empty; give it a value ({} gives a section its defaults) or remove it")
        for path in empty
    ]
    sound = _without(raw, empty)
    spec, errors = _parse(sound)
    problems += [Problem(_text(error["loc"]), _sentence(error)) for error in errors]
    if errors:
        spec, _ = _parse(_without(sound, [error["loc"] for error in errors]))
    return spec, problems


def _parse(raw: Mapping[str, Any]) -> tuple[PipelineSpec | None, list[ErrorDetails]]:
    try:
        # Through JSON, because strict models then accept lists and enums as YAML has them, but never "3" for 3.
        return PipelineSpec.model_validate_json(json.dumps(_as_json(raw))), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _as_json(value: Any) -> Any:
    """YAML's data as an API server would have it: 3.0 is the whole number 3, and a date is a text."""
    if isinstance(value, Mapping):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _empty_fields(value: Any, path: Path) -> Iterator[Path]:
    if value is None:
        yield path
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _empty_fields(item, (*path, key))


def _without(raw: Mapping[str, Any], paths: list[Path]) -> dict[str, Any]:
    remaining = deepcopy(dict(raw))
    for path in paths:
        parent: Any = remaining
        for key in path[:-1]:
            parent = parent.get(key, {}) if isinstance(parent, dict) else {}
        if isinstance(parent, dict):
            parent.pop(path[-1], None)
    return remaining


def _text(path: Path) -> str:
    return ".".join(["spec", *map(str, path)])


def _sentence(error: ErrorDetails) -> str:
    describe = _SENTENCES.get(error["type"])
    return describe(error) if describe else error["msg"][:1].lower() + error["msg"][1:]


def _unknown(error: ErrorDetails) -> str:
    *parent, key = error["loc"]
    section = _model_at(tuple(parent))
    return f"is not a field of {_text(tuple(parent))}; {did_you_mean(str(key), _aliases(section))}"


def _missing(error: ErrorDetails) -> str:
    *parent, key = error["loc"]
    fields = {field.alias: field for field in _model_at(tuple(parent)).model_fields.values()}
    return f"is required: {fields[str(key)].description}"


def _wrong_type(expected: str) -> Callable[[ErrorDetails], str]:
    return lambda error: f"must be {expected}, not {_shown(error['input'])}"


def _limit(words: str, key: str) -> Callable[[ErrorDetails], str]:
    return lambda error: f"must be {words} {error['ctx'][key]}, not {_shown(error['input'])}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return f"the text {value!r}" if isinstance(value, str) else json.dumps(value)


def _one_of(error: ErrorDetails) -> str:
    return f"must be one of {error['ctx']['expected']}, not {_shown(error['input'])}"


_SENTENCES: dict[str, Callable[[ErrorDetails], str]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "int_type": _wrong_type("a whole number"),
    "int_from_float": _wrong_type("a whole number"),
    "float_type": _wrong_type("a number"),
    "bool_type": _wrong_type("true or false"),
    "string_type": _wrong_type("text"),
    "model_type": _wrong_type("a mapping of fields"),
    "model_attributes_type": _wrong_type("a mapping of fields"),
    "dict_type": _wrong_type("a mapping of fields"),
    "literal_error": _one_of,
    "enum": _one_of,
    "greater_than_equal": _limit("at least", "ge"),
    "less_than_equal": _limit("at most", "le"),
    "string_pattern_mismatch": lambda error: (
        f"{_shown(error['input'])} does not have the form {error['ctx']['pattern']}{_example(error['loc'])}"
    ),
    "string_too_short": lambda _: "must not be empty",
    "string_too_long": lambda error: f"must have at most {error['ctx']['max_length']} characters",
}


def _example(path: Path) -> str:
    field = {field.alias: field for field in _model_at(path[:-1]).model_fields.values()}.get(str(path[-1]))
    examples = field.examples if field else None
    return f", for example {examples[0]}" if examples else ""


def _aliases(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(path: Path) -> type[BaseModel]:
    """Model of the section at a path of YAML keys."""
    model: type[BaseModel] = PipelineSpec
    for key in path:
        fields = {field.alias: field for field in model.model_fields.values()}
        if key in fields:  # any other key is a free one of a mapping, whose model is already at hand
            model = section_model(fields[str(key)].annotation) or model
    return model


def section_model(annotation: Any) -> type[BaseModel] | None:
    """Model inside the annotation of a field, None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(section_model, get_args(annotation))), None)
