"""Readings of every tower at a fixed interval: a pure function of settings, start time and reading number."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contracts.events import NetworkProbeEvent, RadioAccess
from contracts.settings import NetworkProbeProducerSettings
from jobs.producers.model.load_curve import PEAK_LOAD, SECONDS_PER_HOUR, load_at
from jobs.producers.model.movement import local_hours
from jobs.producers.traffic import faults, json_lines
from jobs.producers.traffic.cdr_traffic import event_id_prefix
from jobs.producers.traffic.records import RecordBatch
from jobs.producers.traffic.ticks import MS_PER_SECOND, Ticks
from jobs.runtime.radio_network.geometry import Floats
from jobs.runtime.radio_network.towers import Indices, TowerNetwork, build_towers

_HOT_PERCENT = 85.0
# Load of a tower of mean popularity in the busy hour.
_BUSY_HOUR_PERCENT = 55.0
_BASE_LATENCY_MS = {RadioAccess.GSM: 320.0, RadioAccess.UMTS: 95.0, RadioAccess.LTE: 38.0, RadioAccess.NR: 14.0}
# Towers that lose most of their capacity for an hour, as when a backhaul link is cut: full at any time of day.
_FAILED_SHARE, _FAILED_PERCENT = 0.006, 96.0
_CALLS_PER_USER_SECOND = 1 / 400
_DROP_SHARE, _HOT_DROP_SHARE = 0.005, 0.06


class ProbeTraffic:
    """The model. `tick(n)` gives the readings due in tick n; every call with the same n gives the same readings."""

    def __init__(self, settings: NetworkProbeProducerSettings, start_ms: int) -> None:
        self._settings = settings
        self.ticks = Ticks(start_ms)
        self.towers = build_towers(settings.tower_count)
        self._interval_ms = max(1, round(settings.interval_seconds * MS_PER_SECOND))
        self._id_prefix = event_id_prefix(settings.seed, start_ms)
        self._base_latency = np.array([_BASE_LATENCY_MS[access] for access in self.towers.radio_access])
        self._keys = pa.array(self.towers.tower_ids)
        self._site_members = _render_sites(self.towers)

    def tick(self, tick: int) -> list[RecordBatch]:
        """Readings of one tick: one per tower and interval, with the towers spread evenly over it."""
        number, tower = np.divmod(self._readings_in(tick), self.towers.count)
        due_ms = self.ticks.origin_ms + number * self._interval_ms + tower * self._interval_ms // self.towers.count
        rng = np.random.default_rng([self._settings.seed, 4, tick])
        marks = faults.draw_marks(rng, len(tower), self._settings.faults)
        event_time_ms = faults.event_times(rng, due_ms, marks, tower)
        values = self._render(rng, number, tower, event_time_ms)
        faults.spoil(rng, values, marks)
        order, sent_marks = faults.order_with_copies(due_ms, marks)
        keys = json_lines.binary_list(self._keys.take(pa.array(tower[order])))
        in_order = [values[row] for row in order.tolist()]
        return [RecordBatch(NetworkProbeEvent.topic, keys, in_order, due_ms[order], sent_marks)]

    def _readings_in(self, tick: int) -> Indices:
        """Running numbers of a tick's readings, counted over all towers."""
        per_tick = self.ticks.length_ms * self.towers.count
        first, end = (-(-edge * per_tick // self._interval_ms) for edge in (tick, tick + 1))
        return np.arange(first, end)

    def _render(self, rng: np.random.Generator, number: Indices, tower: Indices, event_time_ms: Indices) -> list[bytes]:
        demand = self.demand_percent(rng, tower, event_time_ms)
        load = np.where(self.has_failed(tower, event_time_ms), np.maximum(demand, _FAILED_PERCENT), demand)
        overload = np.clip((load - _HOT_PERCENT) / (100 - _HOT_PERCENT), 0, 1)
        users = (self.towers.capacity_users[tower] * demand / 100).astype(np.int64)
        attempts = rng.poisson(users * _CALLS_PER_USER_SECOND * self._settings.interval_seconds)
        dropped = rng.binomial(attempts, _DROP_SHARE + (_HOT_DROP_SHARE - _DROP_SHARE) * overload)
        latency = self._base_latency[tower] * (1 + load / 200 + 2 * overload) * rng.uniform(0.9, 1.1, len(tower))
        return json_lines.render_objects(
            [
                json_lines.prefixed_text("event_id", f"{self._id_prefix}-p-", number * self.towers.count + tower),
                json_lines.number("event_time_ms", event_time_ms),
                json_lines.constant("schema_version", str(NetworkProbeEvent.current_schema_version), len(tower)),
                json_lines.rendered(self._site_members.take(pa.array(tower))),
                json_lines.number("load_percent", np.round(load, 2)),
                json_lines.number("active_users", users),
                json_lines.number("call_attempts", attempts),
                json_lines.number("dropped_calls", dropped),
                json_lines.number("latency_ms", np.round(latency, 2)),
                json_lines.number("signal_dbm", np.round(rng.normal(-88.0, 6.0, len(tower)) - overload * 4, 1)),
            ]
        )

    def demand_percent(self, rng: np.random.Generator, tower: Indices, event_time_ms: Indices) -> Floats:
        """Share of a tower's capacity that its users ask for, 0 to 100.

        It is the day's curve at the tower's local time, times its popularity: popular towers run hot.
        """
        hours = local_hours(event_time_ms / float(MS_PER_SECOND), self.towers.longitude[tower])
        busy = load_at(np.mod(hours, 24.0)) / PEAK_LOAD * _BUSY_HOUR_PERCENT
        demand: Floats = np.clip(busy * self.towers.popularity[tower] + rng.normal(0, 2.0, len(tower)), 0.0, 100.0)
        return demand

    def has_failed(self, tower: Indices, event_time_ms: Indices) -> npt.NDArray[np.bool_]:
        """Which towers have lost most of their capacity at that time: at least one, and others every hour."""
        hours = event_time_ms // (SECONDS_PER_HOUR * MS_PER_SECOND)
        failed = np.zeros(len(tower), np.bool_)
        for hour in np.unique(hours).tolist():
            failed |= (hours == hour) & np.isin(tower, self._failed_in(hour))
        return failed

    def _failed_in(self, hour: int) -> Indices:
        rng = np.random.default_rng([self._settings.seed, 5, hour])
        count = max(1, round(self.towers.count * _FAILED_SHARE))
        failed: Indices = rng.choice(self.towers.count, count, replace=False)
        return failed


def _render_sites(towers: TowerNetwork) -> pa.Array:
    regions = [city.region for city in towers.cities]
    return json_lines.render_members(
        [
            json_lines.text("tower_id", pa.array(towers.tower_ids)),
            json_lines.text("region", json_lines.take_text(regions, towers.city_of)),
            json_lines.number("latitude", towers.latitude),
            json_lines.number("longitude", towers.longitude),
            json_lines.text("radio_access", pa.array([str(access) for access in towers.radio_access])),
        ]
    )
