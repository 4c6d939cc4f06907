"""Short messages (SMS)."""

import numpy as np

from contracts.events import DeliveryStatus, SmsDirection, SmsEvent
from jobs.producers.model.population import CONTACTS_PER_SUBSCRIBER
from jobs.producers.model.tariffs import sms_usd
from jobs.producers.traffic import json_lines
from jobs.producers.traffic.activity import ActivityRows, Network

_DIRECTIONS = {SmsDirection.MOBILE_ORIGINATED: 0.45, SmsDirection.MOBILE_TERMINATED: 0.55}
_STATUSES = {DeliveryStatus.DELIVERED: 0.97, DeliveryStatus.EXPIRED: 0.02, DeliveryStatus.REJECTED: 0.01}
_PARTS = {"1": 0.82, "2": 0.12, "3": 0.06}


def render_messages(rng: np.random.Generator, network: Network, rows: ActivityRows, id_prefix: str) -> list[bytes]:
    """Wire values of `SmsEvent` for each row."""
    count, population = len(rows), network.population
    direction, status = json_lines.pick(rng, _DIRECTIONS, count), json_lines.pick(rng, _STATUSES, count)
    parts = json_lines.pick(rng, _PARTS, count) + 1
    other = population.contact(rows.subscriber, rng.integers(0, CONTACTS_PER_SUBSCRIBER, count))
    revenue = sms_usd(parts, direction == 0, population.is_prepaid[rows.subscriber], network.is_roaming(rows))
    return json_lines.render_objects(
        [
            *network.members(rows, SmsEvent.current_schema_version, id_prefix),
            json_lines.number("revenue_usd", revenue),
            json_lines.text("other_msisdn", population.msisdn[other]),
            json_lines.text("direction", json_lines.take_text(_DIRECTIONS, direction)),
            json_lines.number("part_count", parts),
            json_lines.text("delivery_status", json_lines.take_text(_STATUSES, status)),
        ]
    )
