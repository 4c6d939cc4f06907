package dev.telecom.fraud.control;

/** One raw record of the control topic. A POJO for Flink's serializer. */
public final class ControlRecord {
    /** Null for a record without a key. */
    public String key;
    /** Null for a tombstone. */
    public byte[] value;

    public int partition;
    public long offset;

    public ControlRecord() {}
}
