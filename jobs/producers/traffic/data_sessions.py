"""Packet data sessions."""

import numpy as np

from contracts.events import DataSessionEvent, SessionTerminationCause
from jobs.producers.model.tariffs import data_usd
from jobs.producers.traffic import json_lines
from jobs.producers.traffic.activity import ActivityRows, Network

MAX_SESSION_SECONDS = 4 * 3600
MAX_SESSION_BYTES = 8 * 2**30
_APNS = {"internet": 0.9, "ims": 0.07, "iot.fleet": 0.03}
_CAUSES = {
    SessionTerminationCause.USER: 0.35,
    SessionTerminationCause.IDLE_TIMEOUT: 0.55,
    SessionTerminationCause.VOLUME_LIMIT: 0.03,
    SessionTerminationCause.RADIO_LOST: 0.07,
}


def render_data_sessions(rng: np.random.Generator, network: Network, rows: ActivityRows, id_prefix: str) -> list[bytes]:
    """Wire values of `DataSessionEvent` for each row; a session uses the best technology of its site."""
    count = len(rows)
    seconds = np.minimum(rng.lognormal(5.2, 1.2, count), MAX_SESSION_SECONDS).astype(np.int64) + 1
    down = np.minimum(rng.lognormal(14.0, 1.8, count), MAX_SESSION_BYTES).astype(np.int64)
    up = (down * rng.uniform(0.02, 0.2, count)).astype(np.int64)
    revenue = data_usd(rng, down + up, network.population.is_prepaid[rows.subscriber], network.is_roaming(rows))
    return json_lines.render_objects(
        [
            *network.members(rows, DataSessionEvent.current_schema_version, id_prefix),
            json_lines.number("revenue_usd", revenue),
            json_lines.text("apn", json_lines.take_text(_APNS, json_lines.pick(rng, _APNS, count))),
            json_lines.text("radio_access", json_lines.take_text(network.towers.radio_access, rows.tower)),
            json_lines.number("start_time_ms", rows.event_time_ms),
            json_lines.number("end_time_ms", rows.event_time_ms + seconds * 1000),
            json_lines.number("duration_seconds", seconds),
            json_lines.number("bytes_up", up),
            json_lines.number("bytes_down", down),
            json_lines.text("termination_cause", json_lines.take_text(_CAUSES, json_lines.pick(rng, _CAUSES, count))),
        ]
    )
