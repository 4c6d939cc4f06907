package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.Alerts;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.rules.RuleParameters.ImpossibleTravelParameters;
import dev.telecom.fraud.state.StateCodec;
import dev.telecom.fraud.state.StateReader;
import dev.telecom.fraud.state.StateWriter;

/**
 * One SIM in two places that are too far apart for the time between. Each event is compared with the newest known place
 * of the subscriber, whichever of the two is older; an older event never becomes the newest place.
 */
public final class ImpossibleTravel implements Rule<ImpossibleTravel.Place, ImpossibleTravelParameters> {
    private static final double EARTH_RADIUS_KM = 6371.0088; // mean radius R1, IUGG 1980
    private static final double MS_PER_HOUR = 3_600_000;

    /** Where the subscriber was last, by event time. */
    static final class Place {
        static final StateCodec<Place> CODEC = new PlaceCodec();

        long timeMs;
        double latitude;
        double longitude;
        String eventId;
        long silentUntilMs;
    }

    private static final class PlaceCodec implements StateCodec<Place> {
        @Override
        public void write(Place place, StateWriter out) {
            out.writeCount(place.timeMs);
            out.writeDouble(place.latitude);
            out.writeDouble(place.longitude);
            out.writeText(place.eventId);
            out.writeCount(place.silentUntilMs);
        }

        @Override
        public Place read(StateReader in) {
            Place place = new Place();
            place.timeMs = in.readCount();
            place.latitude = in.readDouble();
            place.longitude = in.readDouble();
            place.eventId = in.readText();
            place.silentUntilMs = in.readCount();
            return place;
        }
    }

    @Override
    public Alert evaluate(ActivityEvent event, ImpossibleTravelParameters rule, StateSlot<Place> slot) {
        Place known = slot.read();
        if (known == null) {
            known = new Place();
            moveTo(known, event);
            slot.write(known);
            return null;
        }
        Alert alert = compare(known, event, rule);
        boolean newer = event.eventTimeMs > known.timeMs;
        if (newer) {
            moveTo(known, event);
        }
        if (newer || alert != null) {
            slot.write(known);
        }
        return alert;
    }

    private static void moveTo(Place place, ActivityEvent event) {
        place.timeMs = event.eventTimeMs;
        place.latitude = event.latitude;
        place.longitude = event.longitude;
        place.eventId = event.eventId;
    }

    private static Alert compare(Place known, ActivityEvent event, ImpossibleTravelParameters rule) {
        if (known.latitude == event.latitude && known.longitude == event.longitude) {
            return null; // the usual case: the same tower
        }
        long gapMs = Math.abs(event.eventTimeMs - known.timeMs);
        long newestMs = Math.max(event.eventTimeMs, known.timeMs);
        if (gapMs > rule.maxGapSeconds() * 1000L || newestMs < known.silentUntilMs) {
            return null;
        }
        double distanceKm = greatCircleKm(known.latitude, known.longitude, event.latitude, event.longitude);
        double certainKm = distanceKm - 2 * rule.towerRadiusKm();
        if (certainKm < rule.minDistanceKm() || certainKm * MS_PER_HOUR < rule.minSpeedKmh() * gapMs) {
            return null;
        }
        known.silentUntilMs = newestMs + rule.cooldownSeconds() * 1000L;
        return alert(known, event, rule, distanceKm, certainKm * MS_PER_HOUR / gapMs);
    }

    private static Alert alert(
            Place known, ActivityEvent event, ImpossibleTravelParameters rule, double distanceKm, double speedKmh) {
        boolean atOnce = known.timeMs == event.eventTimeMs;
        boolean knownFirst = atOnce ? known.eventId.compareTo(event.eventId) <= 0 : known.timeMs < event.eventTimeMs;
        String[] evidence = knownFirst
                ? new String[] {known.eventId, event.eventId}
                : new String[] {event.eventId, known.eventId};
        Alert alert = Alerts.of(
                RuleName.IMPOSSIBLE_TRAVEL,
                event.msisdn,
                evidence,
                Math.max(known.timeMs, event.eventTimeMs),
                atOnce ? 2.0 : speedKmh / rule.minSpeedKmh());
        alert.msisdn = event.msisdn;
        alert.imsi = event.imsi;
        alert.distanceKm = Alerts.rounded(distanceKm, 1000);
        alert.speedKmh = atOnce ? null : Alerts.rounded(speedKmh, 1000);
        return alert;
    }

    /** Distance of two points in degrees by the haversine formula; correct at poles and across the antimeridian. */
    static double greatCircleKm(double latitudeA, double longitudeA, double latitudeB, double longitudeB) {
        double halfLat = Math.sin(Math.toRadians(latitudeB - latitudeA) / 2);
        double halfLon = Math.sin(Math.toRadians(longitudeB - longitudeA) / 2);
        double chord = halfLat * halfLat
                + Math.cos(Math.toRadians(latitudeA)) * Math.cos(Math.toRadians(latitudeB)) * halfLon * halfLon;
        return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1.0, chord)));
    }
}
