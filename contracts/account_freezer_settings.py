"""Settings of `account_freezer`. Kafka's password and the database's user come from the environment."""

from pydantic import Field

from contracts.batch_settings import PostgresConnection
from contracts.events import AccountAction, AlertSeverity, FraudAlert, FraudRule
from contracts.settings import KafkaConnection, Settings


class FreezePolicy(Settings):
    """Which alerts freeze an account by themselves; all others are kept for people."""

    min_severity: AlertSeverity
    rules: tuple[FraudRule, ...] = Field(description="Rules whose alerts may freeze")
    allowed_msisdns: tuple[str, ...] = Field(description="Subscribers who are never frozen")
    cooldown_seconds: int = Field(ge=0, description="After an account was unfrozen, no alert freezes it for so long")
    false_positive_cooldown_seconds: int = Field(
        ge=0, description="After a false positive, alerts of that rule do not freeze that subscriber for so long"
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
