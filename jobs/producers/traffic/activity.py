"""What calls, SMS and data sessions share: who, when, where, and the JSON members that say so."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from contracts.settings import CdrSettings
from jobs.producers.model.population import Population, build_population
from jobs.producers.traffic import json_lines
from jobs.producers.traffic.json_lines import Member
from jobs.runtime.radio_network.cities import HOME_PLMN
from jobs.runtime.radio_network.towers import SECTORS_PER_TOWER, Indices, TowerNetwork, build_towers


@dataclass(frozen=True)
class ActivityRows:
    """One activity per row; all arrays have one length. `number` is unique in its stream and becomes the event id."""

    number: Indices
    subscriber: Indices
    event_time_ms: Indices
    tower: Indices

    def __len__(self) -> int:
        return len(self.number)


def build_network(settings: CdrSettings) -> "Network":
    """Population and towers of the settings: the part of the model that takes time to build and never changes."""
    towers = build_towers(settings.tower_count)
    return Network(build_population(settings.seed, settings.subscriber_count, towers), towers)


class Network:
    """Subscribers and towers together, with the JSON members that never change rendered once."""

    def __init__(self, population: Population, towers: TowerNetwork) -> None:
        self.population = population
        self.towers = towers
        self.serving_plmn = np.array([city.plmn for city in towers.cities])[towers.city_of]
        self.is_partner = self.serving_plmn != HOME_PLMN
        self.msisdn_text = pa.array(population.msisdn).cast(pa.string()).cast(pa.binary())
        self._subscriber_members = json_lines.render_members(
            [
                json_lines.text("msisdn", self.msisdn_text),
                json_lines.text("imsi", population.imsi),
                json_lines.text("imei", population.imei),
            ]
        )
        self._cell_members = self._render_cells()

    def is_roaming(self, rows: ActivityRows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether a partner's network carries each row."""
        roaming: np.ndarray[tuple[int], np.dtype[np.bool_]] = self.is_partner[rows.tower]
        return roaming

    def keys(self, rows: ActivityRows) -> list[bytes]:
        """Record keys: the subscribers' MSISDNs."""
        return json_lines.binary_list(self.msisdn_text.take(pa.array(rows.subscriber)))

    def members(self, rows: ActivityRows, schema_version: int, id_prefix: str) -> list[Member]:
        """Members that every activity has, except `revenue_usd`."""
        cell = rows.tower * SECTORS_PER_TOWER + rows.subscriber % SECTORS_PER_TOWER
        return [
            json_lines.prefixed_text("event_id", id_prefix, rows.number),
            json_lines.number("event_time_ms", rows.event_time_ms),
            json_lines.constant("schema_version", str(schema_version), len(rows)),
            json_lines.rendered(self._subscriber_members.take(pa.array(rows.subscriber))),
            json_lines.rendered(self._cell_members.take(pa.array(cell))),
        ]

    def _render_cells(self) -> pa.Array:
        tower = np.repeat(np.arange(self.towers.count), SECTORS_PER_TOWER)
        ids = self.towers.tower_ids
        sectors = [f"{ids[row]}-{sector % SECTORS_PER_TOWER + 1}" for sector, row in enumerate(tower.tolist())]
        return json_lines.render_members(
            [
                json_lines.text("tower_id", json_lines.take_text(ids, tower)),
                json_lines.text("cell_id", pa.array(sectors)),
                json_lines.number("latitude", self.towers.latitude[tower]),
                json_lines.number("longitude", self.towers.longitude[tower]),
                json_lines.number("is_roaming", self.is_partner[tower]),
                json_lines.text("serving_plmn", pa.array(self.serving_plmn[tower])),
            ]
        )
