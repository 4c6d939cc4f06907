"""Topics and their dead-letter queues: the only place where their names are built."""

from contracts.events import EVENT_MODELS, Event

DEAD_LETTER_SUFFIX = "_dlq"
# Compacted: here producers account for what they sent (contracts.ledger).
LEDGER_TOPIC = "event_ledger"
# Compacted: parameters and on/off of each fraud rule, read by fraud detection while it runs (contracts.fraud_rules).
FRAUD_RULE_TOPIC = "fraud_rules"
# What fraud detection accepted from there, and what it refused.
FRAUD_RULE_REPORT_TOPIC = "fraud_rule_reports"

EVENT_MODEL_BY_TOPIC: dict[str, type[Event]] = {model.topic: model for model in EVENT_MODELS}


def dead_letter_topic(topic: str) -> str:
    """Topic that receives the records of `topic` which cannot be parsed or break the contract."""
    return topic + DEAD_LETTER_SUFFIX
