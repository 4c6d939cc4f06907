"""Settings of `account_freezer`. Kafka's password and the database's user come from the environment."""

from pydantic import Field

from contracts.batch_settings import PostgresConnection
from contracts.events import AccountAction, AlertSeverity, FraudAlert, FraudRule
from contracts.settings import KafkaConnection, Settings


class FreezePolicy(Settings):
    """Which alerts freeze an account without a person; all others are kept for analysts."""

    min_severity: AlertSeverity
    rules: tuple[FraudRule, ...] = Field(description="Rules whose alerts may freeze")
    allowed_msisdns: tuple[str, ...] = Field(description="Subscribers who are never frozen")
    cooldown_seconds: int = Field(ge=0, description="How long no alert freezes an account that was unfrozen")
    false_positive_cooldown_seconds: int = Field(
        ge=0, description="How long alerts of a rule do not freeze a subscriber whom it accused wrongly"
    )
    is_dry_run: bool = Field(description="Decide and record, but leave accounts as they are")


class AccountFreezerSettings(Settings):
    """What `account_freezer` needs: alerts from Kafka, accounts in the CRM database."""

    kafka: KafkaConnection
    database: PostgresConnection
    consumer_group: str
    alert_topic: str = FraudAlert.topic
    action_topic: str = AccountAction.topic
    policy: FreezePolicy
