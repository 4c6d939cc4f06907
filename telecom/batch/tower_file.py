"""A CSV file of towers, checked line by line. Pure."""

import csv
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contracts.tower import Tower
from local.errors import LocalError
from operators.telecom_pipeline.validate.suggestion import did_you_mean

COLUMNS = tuple(Tower.model_fields)
REQUIRED_COLUMNS = tuple(name for name, field in Tower.model_fields.items() if field.is_required())
_PROBLEMS_SHOWN = 20


class TowerFileError(LocalError):
    """The file is not one of towers; every line that is wrong is named, up to a limit."""


def read_towers(lines: Iterator[str]) -> tuple[Tower, ...]:
    """Towers of a file with a header. Raises `TowerFileError`."""
    rows = csv.DictReader(lines, strict=True)
    towers: dict[str, Tower] = {}
    problems: list[str] = []
    try:
        _require(_header_problems(rows.fieldnames or ()))
        for row in rows:
            place = f"line {rows.line_num}"
            tower = _tower(row)
            if not isinstance(tower, Tower):
                problems += [f"{place}: {problem}" for problem in tower]
            elif tower.tower_id in towers:
                problems.append(f"{place}: tower_id {tower.tower_id} stands in an earlier line already")
            else:
                towers[tower.tower_id] = tower
    except csv.Error as error:
        problems.append(f"line {rows.line_num}: {error}")
    _require(problems or ([] if towers else ["there is no tower in it"]))
    return tuple(towers.values())


def _header_problems(header: Sequence[str]) -> list[str]:
    unknown = [f"column {name!r} is not known; {did_you_mean(name, COLUMNS)}" for name in header if name not in COLUMNS]
    missing = [f"column {name!r} is missing" for name in REQUIRED_COLUMNS if name not in header]
    return unknown + missing


def _tower(row: Mapping[str | None, str | list[str] | None]) -> Tower | list[str]:
    """The tower of a line, or what is wrong with it. An empty field is an absent one."""
    if None in row or None in row.values():
        return ["it has more or fewer fields than the header"]
    try:
        return Tower.model_validate({name: value for name, value in row.items() if value})
    except ValidationError as error:
        return [_words(problem) for problem in error.errors()]


def _words(problem: ErrorDetails) -> str:
    name = ".".join(map(str, problem["loc"]))
    if problem["type"] == "missing":
        return f"{name} is empty"
    return f"{name} is {problem['input']!r}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"


def _require(problems: Sequence[str]) -> None:
    if problems:
        shown = list(problems[:_PROBLEMS_SHOWN])
        if len(problems) > len(shown):
            shown.append(f"and {len(problems) - len(shown)} more")
        why = "".join(f"\n  {problem}" for problem in shown) + "\n"
        raise TowerFileError("read the towers", why, "correct the file; nothing was imported")
