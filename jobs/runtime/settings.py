"""Settings files, read with the models of `contracts.settings`."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from contracts.settings import Settings

T = TypeVar("T", bound=Settings)


class SettingsError(Exception):
    """A settings file cannot be used; the message names the file and every field at fault."""


def load_settings(model: type[T], path: Path) -> T:
    """Read `path` as JSON of `model`. Raises `SettingsError` for an unreadable file or a wrong field."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"cannot read settings file {path}: {error.strerror}. "
            f"Give the JSON file of a {model.__name__} with --settings."
        ) from error
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise SettingsError(f"{path} is not a valid {model.__name__}:\n{_problems(error)}") from error


def _problems(error: ValidationError) -> str:
    # The rejected input is left out: a password that somebody put here by mistake must not reach a log.
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return "\n".join(f"  {_field_path(detail['loc'])}: {detail['msg']}" for detail in details)


def _field_path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "(whole file)"
