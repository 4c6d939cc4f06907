"""What was done about a fraud alert, or decided not to be done: topic `account_actions`."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from contracts.events.base import Event
from contracts.events.field_types import Msisdn
from contracts.events.fraud_alert import FraudRule


class AccountActionKind(StrEnum):
    """What happened to an account; `keep`: an alert was looked at and the account left as it was."""

    FREEZE = "freeze"
    KEEP = "keep"
    UNFREEZE = "unfreeze"
    FALSE_POSITIVE = "false_positive"


class ActionReason(StrEnum):
    """Why, in a word."""

    POLICY = "policy"
    RULE_DISABLED = "rule_disabled"
    BELOW_SEVERITY = "below_severity"
    ALLOW_LISTED = "allow_listed"
    NO_ACCOUNT = "no_account"
    ACCOUNT_CLOSED = "account_closed"
    ALREADY_FROZEN = "already_frozen"
    FALSE_POSITIVE_COOLDOWN = "false_positive_cooldown"
    COOLDOWN = "cooldown"
    DRY_RUN = "dry_run"
    ANALYST = "analyst"


class AccountAction(Event):
    """One row of the audit in the CRM database.

    `event_id` is the row's key, so that an action published twice is recognised. `event_time_ms`: when it was decided.
    """

    topic: ClassVar[str] = "account_actions"
    key_field: ClassVar[str] = "msisdn"

    action: AccountActionKind
    reason: ActionReason
    msisdn: Msisdn
    account_id: str | None = Field(default=None, description="Account in the CRM; absent for numbers without one")
    alert_id: str | None = Field(
        default=None, description="Alert that this answers; absent where an account was unfrozen that no alert froze"
    )
    rule: FraudRule | None = Field(default=None, description="Rule of that alert")
    actor: str = Field(description="account-freezer, or the analyst who acted")
    note: str | None = Field(default=None, description="An analyst's reason in words")
    status_before: str | None = Field(default=None, description="Status of the account that was found")
    status_after: str | None = Field(default=None, description="Status that it has since")
