"""A macro is found by its name, and what it does stands above it."""

import re
from pathlib import Path

MACROS = Path(__file__).parents[3] / "dbt_project" / "macros"
BEGINNING = re.compile(r"^\{% (?:macro|materialization) (\w+)", re.MULTILINE)
NAMES_BY_FILE = {file: BEGINNING.findall(file.read_text()) for file in sorted(MACROS.rglob("*.sql"))}


def test_a_file_is_named_after_the_macro_that_it_begins_with() -> None:
    assert NAMES_BY_FILE
    assert {file.stem: names[0] for file, names in NAMES_BY_FILE.items() if names[0] != file.stem} == {}


def test_no_two_macros_have_the_same_name() -> None:
    names = [name for names in NAMES_BY_FILE.values() for name in names]
    assert len(names) == len(set(names))


def test_each_macro_has_a_comment_right_above_it() -> None:
    texts = [file.read_text() for file in NAMES_BY_FILE]
    bare = [match[1] for text in texts for match in BEGINNING.finditer(text) if text[: match.start()][-3:] != "#}\n"]
    assert bare == []
