"""Event models: the wire schema of every topic."""

from contracts.events.account_action import AccountAction, AccountActionKind, ActionReason
from contracts.events.base import Event
from contracts.events.call import CallEvent, CallTerminationCause, CallType
from contracts.events.data_session import DataSessionEvent, RadioAccess, SessionTerminationCause
from contracts.events.fraud_alert import AlertSeverity, FraudAlert, FraudRule
from contracts.events.network_probe import NetworkProbeEvent
from contracts.events.sms import DeliveryStatus, SmsDirection, SmsEvent
from contracts.events.subscriber_activity import SubscriberActivity

EVENT_MODELS: tuple[type[Event], ...] = (
    CallEvent,
    SmsEvent,
    DataSessionEvent,
    NetworkProbeEvent,
    FraudAlert,
    AccountAction,
)

__all__ = [
    "EVENT_MODELS",
    "AccountAction",
    "AccountActionKind",
    "ActionReason",
    "AlertSeverity",
    "CallEvent",
    "CallTerminationCause",
    "CallType",
    "DataSessionEvent",
    "DeliveryStatus",
    "Event",
    "FraudAlert",
    "FraudRule",
    "NetworkProbeEvent",
    "RadioAccess",
    "SessionTerminationCause",
    "SmsDirection",
    "SmsEvent",
    "SubscriberActivity",
]
