package dev.telecom.fraud.alert;

/**
 * One episode of one rule, with the fields of the wire model {@code contracts.events.FraudAlert}. A fact that a rule
 * does not measure is null and left out on the wire. A POJO for Flink's serializer.
 */
public final class Alert {
    public String eventId;
    public long eventTimeMs;
    public String rule;
    public int ruleVersion;
    public long msisdn;
    public long imsi;
    public String severity;
    public double score;
    public long detectionTimeMs;
    public String[] evidenceEventIds;

    public Double distanceKm;
    public Double speedKmh;
    public Integer callCount;
    public Integer windowSeconds;
    public Long imei;
    public Integer distinctImsis;
    public Integer distinctCallees;
    public Integer distinctCells;
    public Integer victimCount;
    public Integer callbackCount;
    public Integer totalDurationSeconds;
    public Integer parallelCalls;
    public Long previousImsi;
    public Integer smsCount;

    public Alert() {}
}
