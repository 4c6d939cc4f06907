"""Dead letters: records that a sink refused. `<topic>_dlq` keeps them as they came; headers say where from, and why."""

from enum import StrEnum

TOPIC_HEADER = "telecom.topic"
PARTITION_HEADER = "telecom.partition"
OFFSET_HEADER = "telecom.offset"
REASON_HEADER = "telecom.reason"
ERROR_HEADER = "telecom.error"
FIRST_SEEN_HEADER = "telecom.first_seen_ms"
# The record's own key: a replay needs it to find the same partition. Absent when the record had none.
KEY_HEADER = "telecom.key"
# On a replayed record: keys of the dead letters that it has been, oldest first, separated by commas.
REPLAYED_FROM_HEADER = "telecom.replayed-from"


class DeadLetterReason(StrEnum):
    """Why a record was refused."""

    EMPTY = "empty"
    UNPARSEABLE = "unparseable"
    NOT_AN_OBJECT = "not_an_object"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    UNSUPPORTED_SCHEMA_VERSION = "unsupported_schema_version"


def replay_group(sink_group: str) -> str:
    """Consumer group in which replays of a sink's dead letters keep their progress."""
    return f"{sink_group}-dlq-replay"


def replay_transactional_id(sink_group: str, topic: str) -> str:
    """Transactional id of the replay of a topic's dead letters: a second replay fences off the first."""
    return f"{replay_group(sink_group)}-{topic}"


def dead_letter_key(topic: str, partition: int, offset: int) -> bytes:
    """Key of a dead letter: the refused record's position, so that a second copy is recognised."""
    return f"{topic}/{partition}/{offset}".encode()
