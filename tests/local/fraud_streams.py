"""Generated streams for the fraud rules: small worlds in which every boundary is likely."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from contracts.events import (
    CallEvent,
    CallTerminationCause,
    CallType,
    DeliveryStatus,
    FraudRule,
    SmsDirection,
    SmsEvent,
)
from contracts.fraud_rules import PARAMETER_MODELS, RuleDocument

T = TypeVar("T")

MINUTE_MS = 60_000
START_MS = 1_780_000_000_000

Activity = CallEvent | SmsEvent

# Poles, both sides of the antimeridian, the equator at the prime meridian, two neighbours, and far cities.
PLACES = (
    (90.0, 0.0),
    (-90.0, 135.0),
    (89.9, -180.0),
    (12.5, 179.99),
    (12.5, -179.99),
    (0.0, 0.0),
    (0.0, 180.0),
    (0.0, 1.5),
    (47.6, -122.3),
    (47.7, -122.3),
    (45.5, -122.7),
    (35.7, 139.7),
)
SUBSCRIBERS = ("12065550100", "12065550101", "12065550102")
IMSIS = ("310260000000001", "310260000000002", "001010000000003")
IMEIS = ("490154203237518", "356938035643809")
OTHERS = ("881612345678", "12065550100", "12065550199", "6771234567", "53123")
# Steps that hit the windows of the parameters below exactly, miss them by a millisecond, or fall together.
STEPS_MS = (0, 0, 0, 1, 999, 1000, 1001, 4999, 5000, 5001, 59_999, MINUTE_MS, MINUTE_MS + 1, 10 * MINUTE_MS)


def call(event_id: str, **changes: Any) -> CallEvent:
    """A call with the given differences from an ordinary one."""
    fields: dict[str, Any] = {
        "event_id": event_id,
        "event_time_ms": START_MS,
        "schema_version": 1,
        "msisdn": SUBSCRIBERS[0],
        "imsi": IMSIS[0],
        "imei": IMEIS[0],
        "tower_id": "TWR-1",
        "cell_id": "TWR-1-1",
        "latitude": 47.6,
        "longitude": -122.3,
        "is_roaming": False,
        "serving_plmn": "310260",
        "revenue_usd": 0,
        "called_msisdn": "12065550199",
        "call_type": CallType.MOBILE_ORIGINATED,
        "duration_seconds": 60,
        "termination_cause": CallTerminationCause.NORMAL,
    } | changes
    start_ms = fields["event_time_ms"]
    return CallEvent(start_time_ms=start_ms, end_time_ms=start_ms + fields["duration_seconds"] * 1000, **fields)


def sms(event_id: str, **changes: Any) -> SmsEvent:
    """A received message with the given differences from an ordinary one."""
    ordinary = call(event_id).model_dump()
    fields = {name: ordinary[name] for name in SmsEvent.model_fields if name in ordinary} | {
        "other_msisdn": "12065550199",
        "direction": SmsDirection.MOBILE_TERMINATED,
        "part_count": 1,
        "delivery_status": DeliveryStatus.DELIVERED,
    }
    return SmsEvent(**fields | changes)


@dataclass(frozen=True)
class Case:
    """One stream in order of arrival, and the rules it meets."""

    documents: tuple[RuleDocument, ...]
    events: tuple[Activity, ...]


_SMALL = {
    "max_calls": st.integers(1, 4),
    "min_calls": st.integers(2, 4),
    "burst_calls": st.integers(2, 4),
    "min_sms": st.integers(2, 3),
    "min_imsis": st.integers(1, 2),
    "min_victims": st.integers(1, 2),
    "min_callbacks": st.integers(1, 2),
    "max_cells": st.integers(1, 2),
    "window_seconds": st.sampled_from((1, 5, 60, 600)),
    "allowed_lateness_seconds": st.sampled_from((0, 1, 60, 3600)),
    "cooldown_seconds": st.sampled_from((0, 1, 60, 3600)),
    "callback_window_seconds": st.sampled_from((60, 600)),
    "watch_seconds": st.sampled_from((60, 600)),
    "max_gap_seconds": st.sampled_from((60, 3600, 172_800)),
    "min_total_seconds": st.sampled_from((1, 10, 100)),
    "short_call_seconds": st.sampled_from((0, 5)),
    "min_speed_kmh": st.sampled_from((100.0, 1000.0)),
    "min_distance_km": st.sampled_from((1.0, 100.0)),
    "tower_radius_km": st.sampled_from((0.0, 35.0)),
    "min_distinct_callee_share": st.sampled_from((0.0, 0.5, 1.0)),
    "max_incoming_share": st.sampled_from((0.0, 0.5)),
    "min_short_share": st.sampled_from((0.0, 0.5, 1.0)),
    "count_received_calls": st.booleans(),
}


@st.composite
def documents(draw: st.DrawFn) -> tuple[RuleDocument, ...]:
    """Every rule with small parameters, now and then off."""
    return tuple(draw(_document(rule)) for rule in PARAMETER_MODELS)


@st.composite
def _document(draw: st.DrawFn, rule: FraudRule) -> RuleDocument:
    model = PARAMETER_MODELS[rule]
    chosen = {name: draw(_SMALL[name]) for name in model.model_fields if name in _SMALL}
    version, enabled = draw(st.integers(1, 9)), draw(st.integers(0, 9)) > 0
    return RuleDocument(rule=rule, version=version, enabled=enabled, parameters=model(**chosen))


def _some_of(values: Sequence[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=len(values), unique=True)


@dataclass(frozen=True)
class World:
    """Who takes part in a stream: few enough that rules fire, different enough that each of them does."""

    subscribers: list[str]
    imsis: list[str]
    imeis: list[str]
    others: list[str]
    cells: list[str]
    call_types: list[CallType]
    # Of eight activities, how many are messages.
    messages: int
    # A subscriber's SIM is the first of `imsis` before this event and another after it; 0: any SIM at any time.
    swap_at: int


worlds = st.builds(
    World,
    subscribers=_some_of(SUBSCRIBERS),
    imsis=_some_of(IMSIS),
    imeis=_some_of(IMEIS),
    others=_some_of(OTHERS),
    cells=_some_of(("TWR-1-1", "TWR-1-2", "TWR-2-1")),
    call_types=_some_of(tuple(CallType)),
    messages=st.integers(0, 8),
    swap_at=st.integers(0, 20),
)


@st.composite
def _activity(draw: st.DrawFn, world: World, number: int, time_ms: int) -> Activity:
    latitude, longitude = draw(st.sampled_from(PLACES))
    imsi = world.imsis[0] if number < world.swap_at else world.imsis[-1]
    shared = {
        "event_time_ms": time_ms,
        "msisdn": draw(st.sampled_from(world.subscribers)),
        "imsi": imsi if world.swap_at else draw(st.sampled_from(world.imsis)),
        "imei": draw(st.sampled_from(world.imeis)),
        "cell_id": draw(st.sampled_from(world.cells)),
        "latitude": latitude,
        "longitude": longitude,
    }
    # Ids out of step with time, so that ties are broken by id and not by arrival.
    event_id = f"e{number * 7919 % 1000:03d}"
    if draw(st.integers(1, 8)) <= world.messages:
        return sms(event_id, direction=draw(st.sampled_from(SmsDirection)), **shared)
    return call(
        event_id,
        call_type=draw(st.sampled_from(world.call_types)),
        called_msisdn=draw(st.sampled_from(world.others)),
        duration_seconds=draw(st.sampled_from((0, 1, 5, 6, 60, 3600))),
        **shared,
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A stream that walks through time in awkward steps, arrives out of order and repeats itself."""
    world = draw(worlds)
    time_ms = START_MS
    events: list[Activity] = []
    for number in range(draw(st.integers(1, 60))):
        time_ms += draw(st.sampled_from(STEPS_MS))
        late_ms = draw(st.sampled_from((0, 0, 0, 1, 1000, MINUTE_MS, 90 * MINUTE_MS)))
        events.append(draw(_activity(world, number, time_ms - late_ms)))
        if draw(st.integers(0, 7)) == 0:
            events.append(events[draw(st.integers(0, len(events) - 1))])
    if draw(st.integers(0, 2)) == 0:
        events = draw(st.permutations(events))
    return Case(draw(documents()), tuple(events))
