"""A record is an alert, or it is refused with a reason that a person can act on."""

import json
from typing import Any

import pytest
from alert_samples import alert_of

from contracts.dead_letters import DeadLetterReason as Reason
from contracts.events import FraudAlert
from jobs.account_freezer.alerts import read_alert


def record(**changes: Any) -> bytes:
    return json.dumps(json.loads(alert_of().model_dump_json()) | changes).encode()


def test_a_sound_record_is_an_alert_and_unknown_fields_do_not_matter() -> None:
    assert read_alert(record(new_field=1)) == alert_of()


def without(field: str) -> bytes:
    return json.dumps({key: value for key, value in json.loads(record()).items() if key != field}).encode()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.EMPTY),
        (b"", Reason.EMPTY),
        (b"{broken", Reason.UNPARSEABLE),
        (b"\xff\xfe", Reason.UNPARSEABLE),
        (b"[]", Reason.NOT_AN_OBJECT),
        (without("msisdn"), Reason.MISSING_FIELD),
        (record(score="high"), Reason.WRONG_TYPE),
        (record(rule="no_such_rule"), Reason.OUT_OF_RANGE),
        (record(severity="extreme"), Reason.OUT_OF_RANGE),
        (record(event_time_ms=-1), Reason.OUT_OF_RANGE),
        (record(schema_version=99), Reason.UNSUPPORTED_SCHEMA_VERSION),
        (record(event_id="a\u0000b"), Reason.OUT_OF_RANGE),
        (record(event_id="a" * 5000), Reason.OUT_OF_RANGE),
        (record(msisdn="12\u0000"), Reason.OUT_OF_RANGE),
    ],
)
def test_what_is_no_alert_is_refused_with_its_reason(value: bytes | None, reason: Reason) -> None:
    refused = read_alert(value)
    assert not isinstance(refused, FraudAlert)
    assert refused.reason is reason
    assert refused.error


def test_a_record_of_a_newer_version_says_that_its_reader_is_to_be_upgraded() -> None:
    refused = read_alert(record(schema_version=99))
    assert not isinstance(refused, FraudAlert)
    assert refused.error.startswith("schema_version 99 is not known here, only 1 to ")
    assert "Upgrade what reads the topic" in refused.error
