"""Reference of `impossible_travel`: plain and slow; the Flink job must agree with it."""

from math import asin, cos, radians, sin, sqrt

from contracts.earth import EARTH_RADIUS_KM
from contracts.events import CallEvent, FraudAlert, SmsEvent
from contracts.fraud_rules.alerts import make_alert, rounded
from contracts.fraud_rules.parameters import ImpossibleTravelParameters

_MS_PER_HOUR = 3_600_000

Located = CallEvent | SmsEvent


def great_circle_km(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Distance of two points in degrees by the haversine formula; right at poles and across the antimeridian."""
    half_lat = sin(radians(latitude_b - latitude_a) / 2)
    half_lon = sin(radians(longitude_b - longitude_a) / 2)
    chord = half_lat * half_lat + cos(radians(latitude_a)) * cos(radians(latitude_b)) * half_lon * half_lon
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))


class ImpossibleTravel:
    """Compares each event with the newest known place of the subscriber, whichever of the two is older."""

    def __init__(self, parameters: ImpossibleTravelParameters) -> None:
        self._parameters = parameters
        self._newest: dict[str, Located] = {}
        self._silent_until_ms: dict[str, int] = {}

    def evaluate(self, event: CallEvent | SmsEvent) -> FraudAlert | None:
        """Add one event, in order of arrival; return the alert that it completes."""
        known = self._newest.setdefault(event.msisdn, event)
        if event.event_time_ms > known.event_time_ms:
            self._newest[event.msisdn] = event
        return self._compare(known, event)

    def _compare(self, known: Located, event: Located) -> FraudAlert | None:
        rule = self._parameters
        gap_ms = abs(event.event_time_ms - known.event_time_ms)
        newest_ms = max(event.event_time_ms, known.event_time_ms)
        distance_km = great_circle_km(known.latitude, known.longitude, event.latitude, event.longitude)
        certain_km = distance_km - 2 * rule.tower_radius_km
        too_fast = certain_km * _MS_PER_HOUR >= rule.min_speed_kmh * gap_ms
        if gap_ms > rule.max_gap_seconds * 1000 or certain_km < rule.min_distance_km or not too_fast:
            return None
        if newest_ms < self._silent_until_ms.get(event.msisdn, 0):
            return None
        self._silent_until_ms[event.msisdn] = newest_ms + rule.cooldown_seconds * 1000
        speed_kmh = certain_km * _MS_PER_HOUR / gap_ms if gap_ms else None
        return make_alert(
            rule.rule,
            event.msisdn,
            (known, event),
            2.0 if speed_kmh is None else speed_kmh / rule.min_speed_kmh,
            msisdn=event.msisdn,
            imsi=event.imsi,
            distance_km=rounded(distance_km, 1000),
            speed_kmh=None if speed_kmh is None else rounded(speed_kmh, 1000),
        )
