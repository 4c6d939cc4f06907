import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.compatibility import breaches, main
from contracts.topics import EVENT_MODEL_BY_TOPIC
from contracts.wire_schema import SCHEMA_FOLDER, SchemaFolderError, read_schemas, schema_files, wire_schema

Schemas = dict[str, dict[str, Any]]


def current() -> Schemas:
    return {topic: wire_schema(model) for topic, model in EVENT_MODEL_BY_TOPIC.items()}


def problems(old: Schemas, new: Schemas) -> list[str]:
    return [str(breach) for breach in breaches(old, new)]


def test_the_same_schemas_are_compatible() -> None:
    assert problems(current(), current()) == []


def test_a_new_optional_field_is_compatible() -> None:
    new = current()
    new["call_events"]["properties"]["codec"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    assert problems(current(), new) == []


def test_a_new_enum_value_is_compatible() -> None:
    new = current()
    new["call_events"]["properties"]["call_type"]["enum"].append("wifi")
    assert problems(current(), new) == []


def test_a_new_topic_is_compatible() -> None:
    new = current()
    new["mms_events"] = new["sms_events"]
    assert problems(current(), new) == []


def test_a_better_description_is_compatible() -> None:
    new = current()
    new["call_events"]["properties"]["imei"]["description"] = "Device"
    assert problems(current(), new) == []


def test_a_removed_field_is_named() -> None:
    new = current()
    del new["call_events"]["properties"]["imei"]
    new["call_events"]["required"].remove("imei")
    (problem,) = problems(current(), new)
    assert problem.startswith("call_events.imei: was removed or renamed")


def test_a_renamed_field_is_removed_and_if_required_new() -> None:
    new = current()
    new["sms_events"]["properties"]["parts"] = new["sms_events"]["properties"].pop("part_count")
    new["sms_events"]["required"] = [
        "parts" if name == "part_count" else name for name in new["sms_events"]["required"]
    ]
    assert [problem.split(" ")[0] for problem in problems(current(), new)] == [
        "sms_events.part_count:",
        "sms_events.parts:",
    ]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("duration_seconds", {"type": "number"}),
        ("duration_seconds", {"x-logical-type": None}),
        ("latitude", {"type": "string"}),
        ("start_time_ms", {"x-logical-type": "timestamp-micros"}),
        ("msisdn", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ],
)
def test_a_retyped_field_is_named(field: str, change: dict[str, Any]) -> None:
    new = current()
    new["call_events"]["properties"][field] |= change
    (problem,) = problems(current(), new)
    assert problem.startswith(f"call_events.{field}: was retyped")


def test_a_removed_enum_value_is_named() -> None:
    new = current()
    new["call_events"]["properties"]["call_type"]["enum"].remove("forwarded")
    assert problems(current(), new) == ["call_events.call_type: no longer allows forwarded, which stored events hold"]


def test_a_removed_value_of_a_nullable_enum_is_named() -> None:
    old, new = current(), current()
    for schemas, values in ((old, ["a", "b"]), (new, ["a"])):
        schemas["call_events"]["properties"]["band"] = {"anyOf": [{"type": "string", "enum": values}, {"type": "null"}]}
    assert problems(old, new) == ["call_events.band: no longer allows b, which stored events hold"]


def test_an_enum_that_becomes_free_text_is_retyped() -> None:
    new = current()
    del new["call_events"]["properties"]["call_type"]["enum"]
    assert "call_events.call_type: was retyped" in problems(current(), new)[0]


def test_optional_to_required_and_back_are_both_refused() -> None:
    required = current()
    required["fraud_alerts"]["required"].append("speed_kmh")
    assert "fraud_alerts.speed_kmh: became required" in problems(current(), required)[0]
    assert "fraud_alerts.speed_kmh: became optional" in problems(required, current())[0]


def test_another_key_is_refused() -> None:
    new = current()
    new["call_events"]["x-key-field"] = "imsi"
    assert "call_events.imsi: is the record key now, it was msisdn" in problems(current(), new)[0]


def test_a_removed_topic_is_named() -> None:
    new = current()
    del new["sms_events"]
    assert problems(current(), new)[0].startswith("sms_events: the topic was removed")


FIELDS = st.sampled_from([(topic, field) for topic, schema in current().items() for field in schema["properties"]])


@settings(deadline=None)
@given(st.lists(FIELDS, min_size=1, max_size=5, unique=True))
def test_every_removed_field_is_named_and_nothing_else(removed: list[tuple[str, str]]) -> None:
    new = copy.deepcopy(current())
    for topic, field in removed:
        del new[topic]["properties"][field]
        new[topic]["required"] = [name for name in new[topic]["required"] if name != field]
    assert sorted((breach.topic, breach.field) for breach in breaches(current(), new)) == sorted(removed)


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1).map("new_{}".format), st.sampled_from(["string", "integer"]), max_size=4))
def test_optional_additions_never_break(additions: dict[str, str]) -> None:
    new = current()
    for name, type_name in additions.items():
        new["call_events"]["properties"][name] = {"anyOf": [{"type": type_name}, {"type": "null"}]}
    assert problems(current(), new) == []


def test_the_committed_schemas_are_those_of_the_models() -> None:
    committed = {path.name: path.read_text() for path in SCHEMA_FOLDER.glob("*.json")}
    assert committed == schema_files(), "run `make gen` and commit contracts/schemas"


def test_each_schema_is_valid_json_schema_without_references() -> None:
    for text in schema_files().values():
        jsonschema.Draft202012Validator.check_schema(json.loads(text))
        assert "$ref" not in text


def test_the_command_names_breaches_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in schema_files().items():
        (tmp_path / name).write_text(text)
    assert main([str(tmp_path)]) == 0
    old = json.loads((tmp_path / "sms_events.json").read_text())
    old["properties"]["encoding"] = {"type": "string"}
    (tmp_path / "sms_events.json").write_text(json.dumps(old))
    assert main([str(tmp_path)]) == 1
    assert "sms_events.encoding" in capsys.readouterr().err


def test_the_command_refuses_a_folder_without_schemas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    with pytest.raises(SchemaFolderError):
        read_schemas(tmp_path)
