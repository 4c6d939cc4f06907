"""Voice calls."""

import numpy as np

from contracts.events import CallEvent, CallTerminationCause, CallType
from jobs.producers.model.population import CONTACTS_PER_SUBSCRIBER
from jobs.producers.model.tariffs import call_usd
from jobs.producers.traffic import json_lines
from jobs.producers.traffic.activity import ActivityRows, Network

MAX_CALL_SECONDS = 3600
_TYPES = {CallType.MOBILE_ORIGINATED: 0.53, CallType.MOBILE_TERMINATED: 0.45, CallType.FORWARDED: 0.02}
_CAUSES = {
    CallTerminationCause.NORMAL: 0.83,
    CallTerminationCause.BUSY: 0.04,
    CallTerminationCause.NO_ANSWER: 0.09,
    CallTerminationCause.DROPPED: 0.03,
    CallTerminationCause.NETWORK_FAILURE: 0.01,
}
_UNANSWERED = [CallTerminationCause.BUSY, CallTerminationCause.NO_ANSWER, CallTerminationCause.NETWORK_FAILURE]


def render_calls(rng: np.random.Generator, network: Network, rows: ActivityRows, id_prefix: str) -> list[bytes]:
    """Wire values of `CallEvent` for each row."""
    count, population = len(rows), network.population
    call_type, cause = json_lines.pick(rng, _TYPES, count), json_lines.pick(rng, _CAUSES, count)
    talked = np.minimum(rng.lognormal(4.3, 1.1, count), MAX_CALL_SECONDS).astype(np.int64) + 1
    unanswered = np.isin(cause, [list(_CAUSES).index(kind) for kind in _UNANSWERED])
    seconds = np.where(unanswered, 0, talked)
    # A small number is a close contact: most calls go to a few people.
    contact = (rng.random(count) ** 2 * CONTACTS_PER_SUBSCRIBER).astype(np.int64)
    called = population.contact(rows.subscriber, contact)
    revenue = call_usd(rng, seconds, call_type == 0, population.is_prepaid[rows.subscriber], network.is_roaming(rows))
    return json_lines.render_objects(
        [
            *network.members(rows, CallEvent.current_schema_version, id_prefix),
            json_lines.number("revenue_usd", revenue),
            json_lines.text("called_msisdn", population.msisdn[called]),
            json_lines.text("call_type", json_lines.take_text(_TYPES, call_type)),
            json_lines.number("start_time_ms", rows.event_time_ms),
            json_lines.number("end_time_ms", rows.event_time_ms + seconds * 1000),
            json_lines.number("duration_seconds", seconds),
            json_lines.text("termination_cause", json_lines.take_text(_CAUSES, cause)),
        ]
    )
