"""Topics and their dead-letter queues: the only place where their names are built."""

from contracts.events import EVENT_MODELS, Event

DEAD_LETTER_SUFFIX = "_dlq"
# Compacted: producers account here for what they sent (contracts.ledger).
LEDGER_TOPIC = "event_ledger"

EVENT_MODEL_BY_TOPIC: dict[str, type[Event]] = {model.topic: model for model in EVENT_MODELS}


def dead_letter_topic(topic: str) -> str:
    """Topic that receives the records of `topic` which cannot be parsed or break the contract."""
    return topic + DEAD_LETTER_SUFFIX
