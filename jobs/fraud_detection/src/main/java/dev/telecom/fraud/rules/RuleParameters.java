package dev.telecom.fraud.rules;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.telecom.fraud.event.Digits;
import java.util.List;

/**
 * Typed parameters of a rule. {@code contracts/fraud_rules} declares their meaning, ranges and defaults; the records
 * here list the same names, which a test compares.
 */
public sealed interface RuleParameters {
    /** How long, in event time, the rule stays silent after an alert. */
    int cooldownSeconds();

    /** Parameters of {@link ImpossibleTravel}. */
    record ImpossibleTravelParameters(
            double minSpeedKmh, double minDistanceKm, double towerRadiusKm, int maxGapSeconds, int cooldownSeconds)
            implements RuleParameters {}

    /** Parameters of {@link CallVelocity}. */
    record CallVelocityParameters(
            int maxCalls, boolean countReceivedCalls, int windowSeconds, int allowedLatenessSeconds, int cooldownSeconds)
            implements RuleParameters {}

    /** Parameters of {@link SimBox}. */
    record SimBoxParameters(
            int minCalls,
            int windowSeconds,
            int minImsis,
            double minDistinctCalleeShare,
            double maxIncomingShare,
            int maxCells,
            int allowedLatenessSeconds,
            int cooldownSeconds)
            implements RuleParameters {}

    /** Parameters of {@link Wangiri}. */
    record WangiriParameters(
            int burstCalls,
            int windowSeconds,
            int minVictims,
            int shortCallSeconds,
            double minShortShare,
            int callbackWindowSeconds,
            int minCallbacks,
            int allowedLatenessSeconds,
            int cooldownSeconds)
            implements RuleParameters {}

    /** Parameters of {@link RevenueShare}; the prefixes are {@link Digits}. */
    record RevenueShareParameters(
            long[] encodedPrefixes,
            int minCalls,
            int windowSeconds,
            int minTotalSeconds,
            int allowedLatenessSeconds,
            int cooldownSeconds)
            implements RuleParameters {
        /** As in the document, with prefixes as text. */
        @JsonCreator
        static RevenueShareParameters of(
                @JsonProperty("prefixes") List<String> prefixes,
                @JsonProperty("min_calls") int minCalls,
                @JsonProperty("window_seconds") int windowSeconds,
                @JsonProperty("min_total_seconds") int minTotalSeconds,
                @JsonProperty("allowed_lateness_seconds") int allowedLatenessSeconds,
                @JsonProperty("cooldown_seconds") int cooldownSeconds) {
            long[] encoded = prefixes.stream()
                    .mapToLong(prefix -> Digits.encode(prefix.toCharArray(), 0, prefix.length()))
                    .toArray();
            return new RevenueShareParameters(
                    encoded, minCalls, windowSeconds, minTotalSeconds, allowedLatenessSeconds, cooldownSeconds);
        }
    }

    /** Parameters of {@link SimSwap}. */
    record SimSwapParameters(
            int minSms, int windowSeconds, int watchSeconds, int allowedLatenessSeconds, int cooldownSeconds)
            implements RuleParameters {}
}
