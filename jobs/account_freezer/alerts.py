"""One record of `fraud_alerts` as an alert, or why it is not an alert. Pure."""

import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contracts.dead_letters import DeadLetterReason
from contracts.events import FraudAlert
from jobs.runtime.contract_check import Rejection, unknown_version

# These go into the database as keys: without NUL, which PostgreSQL cannot store, and no longer than an index can hold.
_EVENT_ID = re.compile(r"[\x21-\x7e]{1,128}")
_MSISDN = re.compile(r"[0-9]{1,15}")

_REASON_BY_ERROR_TYPE = {
    "json_invalid": DeadLetterReason.UNPARSEABLE,
    "model_type": DeadLetterReason.NOT_AN_OBJECT,
    "missing": DeadLetterReason.MISSING_FIELD,
    "enum": DeadLetterReason.OUT_OF_RANGE,
    "greater_than_equal": DeadLetterReason.OUT_OF_RANGE,
    "less_than": DeadLetterReason.OUT_OF_RANGE,
}


def read_alert(value: bytes | None) -> FraudAlert | Rejection:
    """Alert of a record value. It refuses a rule or severity that the contract does not know: no policy names it."""
    if not value:
        return Rejection(DeadLetterReason.EMPTY, "the record has no value")
    try:
        alert = FraudAlert.model_validate_json(value)
    except ValidationError as error:
        return _rejection(error.errors(include_url=False, include_input=False)[0])
    return _complaint(alert) or alert


def _rejection(error: ErrorDetails) -> Rejection:
    reason = _REASON_BY_ERROR_TYPE.get(error["type"], DeadLetterReason.WRONG_TYPE)
    field = ".".join(map(str, error["loc"]))
    return Rejection(reason, f"{field}: {error['msg']}" if field else error["msg"])


def _complaint(alert: FraudAlert) -> Rejection | None:
    if alert.schema_version > FraudAlert.current_schema_version:
        return unknown_version(alert.schema_version, FraudAlert.current_schema_version)
    if not _EVENT_ID.fullmatch(alert.event_id):
        return Rejection(DeadLetterReason.OUT_OF_RANGE, "event_id: 1 to 128 printable ASCII characters are expected")
    if not _MSISDN.fullmatch(alert.msisdn):
        return Rejection(DeadLetterReason.OUT_OF_RANGE, "msisdn: 1 to 15 digits are expected")
    return None
