package dev.telecom.fraud.alert;

import dev.telecom.fraud.event.Digits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How a finding becomes an alert: identity, score and severity, as in {@code contracts/fraud_rules/alerts.py}. */
public final class Alerts {
    private static final int ID_BYTES = 16;

    private Alerts() {}

    /**
     * An alert without measured facts.
     *
     * @param subject number of the judged account or device, which is part of the alert's identity
     * @param evidenceEventIds oldest first
     * @param newestEvidenceMs event time of the newest evidence
     * @param ratio how far beyond the threshold: 1 is at the threshold, 2 at twice the threshold
     */
    public static Alert of(
            RuleName rule, long subject, String[] evidenceEventIds, long newestEvidenceMs, double ratio) {
        Alert alert = new Alert();
        alert.rule = rule.wireName();
        alert.eventId = id(rule, Digits.decode(subject), evidenceEventIds);
        alert.eventTimeMs = newestEvidenceMs;
        alert.evidenceEventIds = evidenceEventIds;
        alert.score = rounded(Math.min(100.0, 50.0 * ratio), 100);
        alert.severity = severity(alert.score);
        return alert;
    }

    /** Round to 1/{@code steps}, halves up. */
    public static double rounded(double value, int steps) {
        return Math.floor(value * steps + 0.5) / steps;
    }

    private static String severity(double score) {
        if (score >= 90) {
            return "critical";
        }
        if (score >= 70) {
            return "high";
        }
        return score >= 40 ? "medium" : "low";
    }

    private static String id(RuleName rule, String subject, String[] evidenceEventIds) {
        String identity = rule.wireName() + "|" + subject + "|" + String.join("|", evidenceEventIds);
        byte[] digest = sha256().digest(identity.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
